import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../dispatch.ts";
import { hostScene, type HostScene } from "../host-scene.test.support.ts";
import type { PauseView } from "../pause.ts";

const PAUSE: PauseView = { since: 1, until: null, keep: false };

/** Runs `touch` where the pause says these things, one look after the other. */
async function touch(looks: readonly (PauseView | undefined)[]): Promise<{
  readonly scene: HostScene;
  readonly answer: unknown;
  readonly made: boolean;
  readonly left: number;
}> {
  const rest = [...looks];
  const scene = hostScene(undefined, { pause: { current: () => rest.shift() } });
  const file = join(scene.dir, "made");
  const request = {
    id: "i-1",
    nodeId: "d",
    command: "system.run",
    paramsJSON: JSON.stringify({ command: ["touch", file] }),
  };
  const answer = await dispatchInvoke(
    request,
    {
      id: "i-1",
      signal: new AbortController().signal,
      protocol: 4,
      prepareSeen: false,
      maxPayloadBytes: 400_000,
      sendEvent: () => undefined,
    },
    scene.context,
  );
  return { scene, answer, made: existsSync(file), left: scene.context.active.size };
}

const REFUSED = {
  ok: false,
  code: "SYSTEM_RUN_DENIED",
  message: "SYSTEM_RUN_DENIED: the owner has paused this node until it is resumed; nothing was run",
};

describe("system.run on a paused node", () => {
  it("is refused before anything is decided", async () => {
    const { scene, answer, made } = await touch([PAUSE]);
    expect([answer, made]).toEqual([REFUSED, false]);
    expect(scene.audited).toMatchObject([{ kind: "decision", outcome: "deny", reason: "paused" }]);
  });

  it("is refused at the last moment when the pause began meanwhile", async () => {
    const { scene, answer, made, left } = await touch([undefined, PAUSE]);
    expect([answer, made, left]).toEqual([REFUSED, false, 0]);
    expect(scene.audited).toMatchObject([
      { kind: "decision", outcome: "allow" },
      { kind: "not-started", reason: "paused", invokeId: "i-1" },
    ]);
  });

  it("runs when there is none, and is over for those who wait", async () => {
    const { answer, made, left } = await touch([]);
    expect([answer, made, left]).toEqual([expect.objectContaining({ ok: true }), true, 0]);
  });
});
