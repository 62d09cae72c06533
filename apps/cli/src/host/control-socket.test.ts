import { once } from "node:events";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { askControlSocket, CONTROL_LIMITS, serveControlSocket } from "./control-socket.ts";
import { scratchDir } from "./scratch.test.support.ts";

async function serve(
  handle: (method: string) => unknown = (method) => ({ ok: true, method }),
): Promise<string> {
  const path = join(scratchDir(), "node.sock");
  const server = await serveControlSocket(path, handle);
  onTestFinished(async () => await server.close());
  return path;
}

/** All that comes back until the other side closes. */
async function talk(path: string, ...chunks: readonly string[]): Promise<string> {
  const socket = createConnection(path);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  for (const chunk of chunks) await new Promise((resolve) => socket.write(chunk, resolve));
  await once(socket, "close");
  return text;
}

describe("serveControlSocket", () => {
  it("answers one line with one line, for the owner only", async () => {
    const path = await serve();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await askControlSocket(path, "status")).toEqual({ ok: true, method: "status" });
  });

  it("leaves the umask as it was", async () => {
    const before = process.umask();
    await serve();
    expect(process.umask()).toBe(before);
  });

  it.each(["x\n", "5\n", "null\n", "[]\n", '{"method":5}\n', "{}\n", "\n"])("survives %j", async (line) => {
    const path = await serve();
    expect(JSON.parse(await talk(path, line))).toEqual({ ok: false, error: "method required" });
    expect(await askControlSocket(path, "again")).toEqual({ ok: true, method: "again" });
  });

  it("answers once, whatever else comes", async () => {
    const asked: string[] = [];
    const path = await serve((method) => asked.push(method));
    const line = '{"method":"a"}\n';
    expect(await talk(path, line.slice(0, 5), line.slice(5), line, "more")).toBe("1\n");
    const insistent = createConnection({ path, allowHalfOpen: true });
    insistent.write(line);
    expect(String((await once(insistent, "data"))[0])).toBe("2\n");
    insistent.end(line);
    await once(insistent, "close");
    expect(asked).toEqual(["a", "a"]);
  });

  it("outlives a question that it cannot answer", async () => {
    const path = await serve((method) => {
      if (method === "bad") throw new Error("no policy");
      return { ok: true };
    });
    expect(await askControlSocket(path, "bad")).toEqual({ ok: false, error: "no policy" });
    expect(await askControlSocket(path, "good")).toEqual({ ok: true });
  });

  it("hangs up on a line without end", async () => {
    const path = await serve();
    expect(await talk(path, "x".repeat(CONTROL_LIMITS.lineBytes + 1))).toBe("");
    expect(await askControlSocket(path, "again")).toEqual({ ok: true, method: "again" });
  });

  it("serves many, but not endlessly many at once", async () => {
    const path = await serve();
    const idle: Socket[] = [];
    for (let index = 0; index < CONTROL_LIMITS.clients; index += 1) {
      const socket = createConnection(path);
      idle.push(socket);
      await once(socket, "connect");
    }
    expect(await askControlSocket(path, "status")).toBeUndefined();
    for (const socket of idle) socket.destroy();
    await Promise.all(idle.map(async (socket) => await once(socket, "close")));
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => await askControlSocket(path, "x")),
    );
    expect(answers.filter((answer) => answer !== undefined).length).toBeGreaterThan(0);
  });

  it("takes the place of a socket that nobody serves any more", async () => {
    const path = join(scratchDir(), "node.sock");
    const gone = createServer().listen(path);
    await once(gone, "listening");
    // As after a kill: the file stays.
    const kept = `${path}.kept`;
    const { linkSync, renameSync } = await import("node:fs");
    linkSync(path, kept);
    gone.close();
    await once(gone, "close");
    renameSync(kept, path);
    const server = await serveControlSocket(path, () => ({ ok: true }));
    onTestFinished(async () => await server.close());
    expect(await askControlSocket(path, "status")).toEqual({ ok: true });
  });

  it.each([
    ["a file", (path: string) => writeFileSync(path, "mine")],
    ["a directory", (path: string) => mkdirSync(path)],
    ["a link", (path: string) => symlinkSync("/nowhere", path)],
  ])("does not remove %s in its place, and says so", async (_what, make) => {
    const path = join(scratchDir(), "node.sock");
    make(path);
    await expect(serveControlSocket(path, () => 1)).rejects.toThrow(
      /could not open the control socket `.*node\.sock`: .+; move it away|check/u,
    );
  });

  it("ends with its clients and its file", async () => {
    const path = join(scratchDir(), "node.sock");
    const server = await serveControlSocket(path, () => 1);
    const client = createConnection(path);
    await once(client, "connect");
    await Promise.all([server.close(), once(client, "close")]);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    expect(await askControlSocket(path, "status")).toBeUndefined();
  });
});
