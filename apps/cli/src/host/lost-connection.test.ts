import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import type { EventFrame } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { KeptRuns } from "../runs/kept-runs.ts";
import { listKeptRuns } from "../runs/run-folder.ts";
import { hostScene, keepingSession, type SentRequest } from "./host-scene.test.support.ts";
import type { HostContext } from "./host-context.ts";
import { Invokes } from "./invokes.ts";

const DEVICE = "d-1";

/** A run that goes on until a file is there; its first output is a file, too. */
function waiting(dir: string): {
  readonly frame: EventFrame;
  readonly started: () => boolean;
  readonly finish: () => void;
} {
  const command = ["sh", "-c", `touch "${dir}/on"; until [ -e "${dir}/go" ]; do sleep 0.02; done; echo late`];
  const paramsJSON = JSON.stringify({ command, runId: "r-1", sessionKey: "s-1" });
  return {
    frame: {
      type: "event",
      event: "node.invoke.request",
      payload: { id: "a", nodeId: DEVICE, command: "system.run", paramsJSON },
    },
    started: () => existsSync(join(dir, "on")),
    finish: () => writeFileSync(join(dir, "go"), ""),
  };
}

async function until(holds: () => boolean): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- the look follows the wait
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A host whose only connection is lost in the middle of a run. */
async function lost(protocol: number, onDisconnect: "end" | "continue" | undefined) {
  const scene = hostScene();
  const directory = join(scene.dir, "runs");
  const kept = new KeptRuns({ directory, onProblem: () => undefined });
  const context: HostContext = {
    ...scene.context,
    kept,
    node: { ...scene.context.node, ...(onDisconnect === undefined ? {} : { onDisconnect }) },
  };
  const invokes = new Invokes(context, DEVICE);
  let isGone = false;
  const first = of(protocol, () => (isGone ? new ConnectionError("closed", "gone") : undefined));
  invokes.onReady(first);
  // As after a hello: then a run is started in the turn in which it comes.
  await invokes.prepare();
  const run = waiting(scene.dir);
  invokes.onEvent(run.frame, first);
  await until(run.started);
  isGone = true;
  invokes.endSession();
  return { ...scene, invokes, run, record: () => listKeptRuns(directory)[0]?.record, directory };
}

function of(protocol: number, fail?: (sent: SentRequest) => ConnectionError | undefined) {
  const session = keepingSession(fail);
  return { ...session, hello: { ...session.hello, protocol } } satisfies Session;
}

const events = (session: { readonly sent: readonly SentRequest[] }): readonly SentRequest[] =>
  session.sent.filter(({ method }) => method === "node.event");

describe("a run whose connection is lost", () => {
  it.each([3, 4])("ends with it unless the owner says otherwise (protocol %i)", async (protocol) => {
    const { invokes, audited, record } = await lost(protocol, undefined);
    await until(() => record()?.end !== undefined);
    expect(audited.at(-1)).toMatchObject({ kind: "outcome", cancelled: true });
    const next = of(protocol);
    invokes.onReady(next);
    await invokes.close();
    expect(next.sent).toEqual([]);
  });

  it("goes on where it may, and its result is kept as undelivered, never sent again", async () => {
    const { invokes, audited, record, run, directory, log } = await lost(4, "continue");
    const next = of(4);
    invokes.onReady(next);
    run.finish();
    await until(() => record()?.end !== undefined);
    expect(record()).toMatchObject({ runId: "r-1", end: { exitCode: 0, delivered: false } });
    expect(readFileSync(join(directory, "r-1.stdout"), "utf8")).toBe("late\n");
    expect(audited.at(-1)).toMatchObject({ kind: "outcome", exitCode: 0 });
    await invokes.close();
    expect(next.sent).toEqual([]);
    expect(log.join("\n")).toContain("1 run goes on without a connection");
  });

  it.each(["before", "after"])(
    "is told once to a Gateway that takes the end %s the reconnect",
    async (when) => {
      const { invokes, record, run } = await lost(3, "continue");
      const next = of(3);
      if (when === "after") invokes.onReady(next);
      run.finish();
      if (when === "before") {
        await until(() => record()?.end !== undefined);
        expect(record()?.end?.delivered).toBe(false);
        invokes.onReady(next);
      }
      await until(() => record()?.end?.delivered === true);
      invokes.endSession();
      const third = of(3);
      invokes.onReady(third);
      await invokes.close();
      expect(events(next)).toHaveLength(1);
      expect(next.sent).toHaveLength(1);
      expect(JSON.parse(String(events(next)[0]?.params["payloadJSON"]))).toMatchObject({
        runId: "r-1",
        sessionKey: "s-1",
        output: "late",
      });
      expect(third.sent).toEqual([]);
    },
  );

  it("is not told to a newer Gateway, nor again when it is unknown what became of the first time", async () => {
    const newer = await lost(3, "continue");
    newer.run.finish();
    await until(() => newer.record()?.end !== undefined);
    const updated = of(4);
    newer.invokes.onReady(updated);
    await newer.invokes.close();
    expect(updated.sent).toEqual([]);

    const cut = await lost(3, "continue");
    cut.run.finish();
    await until(() => cut.record()?.end !== undefined);
    cut.invokes.onReady(of(3, () => new ConnectionError("closed", "cut while it was sent")));
    await until(() => cut.log.some((line) => line.includes("was not taken") && line.includes("outlived")));
    const again = of(3);
    cut.invokes.onReady(again);
    await cut.invokes.close();
    expect(again.sent).toEqual([]);
    expect(cut.record()?.end?.delivered).toBe(false);
  });

  it("can still be cancelled from the next connection, and ends with its host", async () => {
    const cancelled = await lost(4, "continue");
    const next = of(4);
    cancelled.invokes.onReady(next);
    const cancel = { invokeId: "a", nodeId: DEVICE };
    cancelled.invokes.onEvent({ type: "event", event: "node.invoke.cancel", payload: cancel }, next);
    await until(() => cancelled.record()?.end !== undefined);
    expect(cancelled.record()?.end).toMatchObject({ cancelled: true, delivered: false });

    const stopped = await lost(4, "continue");
    await stopped.invokes.close();
    expect(stopped.audited.at(-1)).toMatchObject({ kind: "outcome", cancelled: true });
  });
});

describe("an answer that the Gateway ignores", () => {
  it("counts as undelivered: nobody got it", async () => {
    const scene = hostScene();
    const directory = join(scene.dir, "runs");
    const kept = new KeptRuns({ directory, onProblem: () => undefined });
    const invokes = new Invokes({ ...scene.context, kept }, DEVICE);
    const session = {
      ...keepingSession(),
      request: async () => await Promise.resolve({ ok: true, ignored: true }),
    };
    const run = waiting(scene.dir);
    run.finish();
    invokes.onEvent(run.frame, session);
    await until(() => listKeptRuns(directory)[0]?.record.end !== undefined);
    expect(listKeptRuns(directory)[0]?.record.end).toMatchObject({ exitCode: 0, delivered: false });
  });
});

describe("the idle time-out", () => {
  it("ends a silent run of an agent, and leaves the others alone", async () => {
    const scene = hostScene();
    const node = { ...scene.context.node, idleSeconds: { agents: { quiet: 1 } } };
    const invokes = new Invokes({ ...scene.context, node }, DEVICE);
    const session = keepingSession();
    const run = (id: string, agentId: string): void => {
      const paramsJSON = JSON.stringify({ command: ["sleep", id === "a" ? "30" : "1.3"], agentId });
      invokes.onEvent(
        {
          type: "event",
          event: "node.invoke.request",
          payload: { id, nodeId: DEVICE, command: "system.run", paramsJSON },
        },
        session,
      );
    };
    run("a", "quiet");
    run("b", "main");
    await session.answered(2);
    const payload = (id: string): unknown => JSON.parse(String(session.results().get(id)?.["payloadJSON"]));
    expect(payload("a")).toMatchObject({ timedOut: true, exitCode: 124 });
    expect(payload("b")).toMatchObject({ timedOut: false, exitCode: 0 });
  });
});
