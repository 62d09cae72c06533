import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { NOT_JSON } from "./control-lines.ts";
import {
  askControlSocket,
  CONTROL_LIMITS,
  serveControlSocket,
  type ControlStream,
  type OpenControlStream,
} from "./control-socket.ts";
import { openControlStream, type StreamEnd } from "./control-stream-client.ts";
import { scratchDir } from "./scratch.test.support.ts";

interface Served {
  readonly path: string;
  readonly heard: unknown[];
  readonly params: unknown[];
  /** Resolves with the host's end of the next stream. */
  readonly opened: Promise<ControlStream>;
  readonly closed: Promise<void>;
  readonly close: () => Promise<void>;
}

/** A host with one stream that keeps what it hears. */
async function serve(refuse?: string, idleMs?: number): Promise<Served> {
  const path = join(scratchDir(), "node.sock");
  const heard: unknown[] = [];
  const params: unknown[] = [];
  let onOpen: (stream: ControlStream) => void = () => undefined;
  let onClosed: () => void = () => undefined;
  const opened = new Promise<ControlStream>((resolve) => (onOpen = resolve));
  const closed = new Promise<void>((resolve) => (onClosed = resolve));
  const open: OpenControlStream = (stream, given) => {
    params.push(given);
    if (refuse !== undefined) return { refused: refuse };
    onOpen(stream);
    stream.send({ hello: true });
    return {
      onMessage: (message) => {
        heard.push(message);
        stream.send({ heard: message === NOT_JSON ? "not JSON" : message });
      },
      onClose: onClosed,
    };
  };
  const handle = (method: string, given: unknown): unknown => ({ method, given });
  const server = await serveControlSocket(path, handle, { watch: open }, idleMs);
  onTestFinished(async () => await server.close());
  return { path, heard, params, opened, closed, close: () => server.close() };
}

/** A client that keeps what comes. */
function listen(
  path: string,
  method = "watch",
): {
  readonly client: ReturnType<typeof openControlStream>;
  readonly came: unknown[];
  readonly end: Promise<StreamEnd>;
  readonly message: (count: number) => Promise<void>;
} {
  const came: unknown[] = [];
  let look = (): void => undefined;
  let onEnd: (end: StreamEnd) => void = () => undefined;
  const end = new Promise<StreamEnd>((resolve) => (onEnd = resolve));
  const client = openControlStream(
    path,
    { method, params: { name: "x" } },
    {
      onMessage: (message) => {
        came.push(message);
        look();
      },
      onEnd,
    },
  );
  const message = async (count: number): Promise<void> =>
    await new Promise((resolve) => {
      look = () => {
        if (came.length >= count) resolve();
      };
      look();
    });
  return { client, came, end, message };
}

afterEach(() => vi.useRealTimers());

describe("a stream of the control socket", () => {
  it("carries lines both ways until one side closes, and methods get their params", async () => {
    const { path, heard, params, closed } = await serve();
    const { client, came, end, message } = listen(path);
    await message(1);
    client.send([1, "a\nb"]);
    client.send(null);
    await message(3);
    expect(came).toEqual([{ hello: true }, { heard: [1, "a\nb"] }, { heard: null }]);
    expect([heard, params]).toEqual([[[1, "a\nb"], null], [{ name: "x" }]]);
    expect(await askControlSocket(path, "status", { a: 1 })).toEqual({ method: "status", given: { a: 1 } });
    expect(await askControlSocket(path, "constructor")).toEqual({ method: "constructor" });
    client.close();
    expect(await end).toEqual({ kind: "ended" });
    await closed;
  });

  it("begins with what came behind the first line", async () => {
    const { path, heard, opened } = await serve();
    const socket = createConnection(path);
    socket.write('{"method":"watch"}\n1\n{\n');
    await opened;
    socket.write("2\n");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    while (heard.length < 3) await once(socket, "data");
    expect(heard).toEqual([1, NOT_JSON, 2]);
    expect(text).toContain("not JSON");
    socket.destroy();
  });

  it("says why it takes nobody in, and hangs up", async () => {
    const { path } = await serve("too many");
    const { came, end } = listen(path);
    expect(await end).toEqual({ kind: "ended" });
    expect(came).toEqual([{ ok: false, error: "too many" }]);
  });

  it("is not cut for being silent", async () => {
    const { path, opened } = await serve(undefined, 50);
    let stream = listen(path);
    const isCut = async (): Promise<boolean> =>
      await Promise.race([stream.message(1).then(() => false), stream.end.then(() => true)]);
    // On a busy machine the time is over before the question was read; a stream has begun after its first word.
    while (await isCut()) stream = listen(path);
    const { came, message } = stream;
    // Whoever comes later and asks nothing is cut; by then the stream has been silent for longer.
    const idle = createConnection(path).resume();
    await once(idle, "close");
    (await opened).send("still here");
    await message(2);
    expect(came[1]).toBe("still here");
  });

  it.each([
    ["too much waits for it", 64, 0],
    ["it waits too long", 1, CONTROL_LIMITS.stallMs],
  ])("drops a client that does not read when %s", async (_why, megabytes, ms) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { path, opened, closed } = await serve();
    const socket = createConnection(path);
    socket.write('{"method":"watch"}\n');
    socket.pause();
    const stream = await opened;
    for (let count = 0; count < megabytes; count += 1) stream.send("x".repeat(1_000_000));
    await vi.advanceTimersByTimeAsync(ms);
    await closed;
    expect(() => stream.send("lost")).not.toThrow();
    socket.destroy();
  });

  it("does not take a line without end, from either side", async () => {
    const { path, opened, closed } = await serve();
    const { client, end, message } = listen(path);
    await message(1);
    client.send("x".repeat(CONTROL_LIMITS.lineBytes));
    await closed;
    expect(await end).toEqual({ kind: "ended" });
    await opened;
    const other = await serve();
    const reader = listen(other.path);
    await reader.message(1);
    (await other.opened).send("x".repeat(CONTROL_LIMITS.answerLineBytes));
    expect(await reader.end).toEqual({ kind: "ended" });
    expect(reader.came.length).toBe(1);
  });

  it("ends with its host, and tells a host that is not there from one that cannot be reached", async () => {
    const { path, closed, close } = await serve();
    const { end, message } = listen(path);
    await message(1);
    await close();
    await closed;
    expect(await end).toEqual({ kind: "ended" });
    expect(await listen(path).end).toEqual({ kind: "no-host" });
    expect(await listen(join(path, "x")).end).toMatchObject({
      kind: expect.stringMatching(/no-host|unreachable/u),
    });
  });
});
