import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { serveControlSocket } from "../host/control-socket.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { machine, screenful, stateDirOf, type Screenful } from "./systemd-stand-in.test.support.ts";
import { watchStatus } from "./watch-status.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- documents under test

const HOST = {
  ok: true,
  pid: 4242,
  version: "0.1.0",
  gateway: "ws://gw.example:1",
  startedAt: Date.now(),
  link: { phase: "ready", state: "ready", since: 1, roundTripMs: 3 },
  surface: { stage: "approved" },
  activeInvokes: 0,
  runs: { active: 0, queued: 0, limit: 4 },
  policy: "ok",
  approvals: { path: "/p", security: "allowlist", ask: "on-miss", askFallback: "deny" },
};

interface Watch {
  readonly screen: Screenful;
  /** What the host says from now on. */
  readonly say: (parts: object) => void;
  /** How often the host was asked. */
  readonly asked: () => number;
  readonly stop: () => void;
  readonly stage: Promise<string>;
}

async function watching(json: boolean, columns?: number): Promise<Watch> {
  const on = machine();
  let parts: object = {};
  let asked = 0;
  const server = await serveControlSocket(join(stateDirOf(on), "node.sock"), () => {
    asked += 1;
    return { ...HOST, ...parts };
  });
  onTestFinished(async () => await server.close());
  const screen = screenful(columns);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const { signal } = stop;
  return {
    screen,
    say: (next) => (parts = next),
    asked: () => asked,
    stop: () => stop.abort(),
    stage: watchStatus(inputOf({}), screen.io, on.system, { json, signal, askMs: 5 }),
  };
}

const CUT = {
  link: { phase: "waiting", state: "backing-off", cause: "network", why: "cut", since: 2, retryAt: 3 },
};

describe("node status --watch", () => {
  it("writes one document on one line for each change, and none for the round trip", async () => {
    const { screen, say, asked, stop, stage } = await watching(true);
    const documents = (): Json[] =>
      screen
        .stdout()
        .trimEnd()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    await vi.waitFor(() => expect(documents()).toHaveLength(1));
    say({ link: { ...HOST.link, roundTripMs: 9 } });
    const before = asked();
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(before + 2));
    say(CUT);
    await vi.waitFor(() => expect(documents()).toHaveLength(2));
    expect(documents().map((one) => [one.stage, one.connection.state])).toEqual([
      ["ready", "ready"],
      ["waiting", "backing-off"],
    ]);
    stop();
    expect(await stage).toBe("waiting");
  });

  it("writes only what changed, in a pipe", async () => {
    const { screen, say, stop, stage } = await watching(false);
    await vi.waitFor(() => expect(screen.stdout()).toContain(" stage: ready\n"));
    const before = screen.stdout().length;
    say({ runs: { active: 1, queued: 2, limit: 4 } });
    await vi.waitFor(() => expect(screen.stdout()).toContain(" runs: 1 active, 2 waiting\n"));
    stop();
    expect(await stage).toBe("ready");
    expect(screen.stdout().slice(before).match(/\n/gu)).toHaveLength(1);
    expect(screen.stdout()).not.toContain("\u001b");
  });

  it("draws over itself on a terminal, and leaves the cursor as it was", async () => {
    const { screen, say, stop, stage } = await watching(false, 60);
    await vi.waitFor(() => expect(screen.stdout()).toContain("Connection: connected"));
    say({
      link: { phase: "waiting", state: "pairing-pending", cause: "pairing", requestId: "r-7", since: 1 },
    });
    await vi.waitFor(() => expect(screen.stdout()).toContain("On the Gateway: openclaw devices approve r-7"));
    stop();
    expect(await stage).toBe("pairing");
    expect(screen.stdout().endsWith("\u001b[?25h")).toBe(true);
    const drawn = screen.stdout().split("\u001b[H").at(-1) ?? "";
    // oxlint-disable-next-line no-control-regex -- the sequences of the drawing itself
    for (const line of drawn.replaceAll(/\u001b\[[?\d]*[A-Za-z]/gu, "").split("\n"))
      expect(line.length).toBeLessThan(60);
  });
});
