import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptRuns } from "../../runs/kept-runs.ts";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext } from "../host-context.ts";
import { hostScene } from "../host-scene.test.support.ts";
import type { NodeFile } from "../node-file.ts";

const TOKEN = "ghp_abcdefghijklmnopqrstuv123456";

/** Everything of a run that leaves the machine or is kept on it. */
async function leaves(script: string, maskOutput: NodeFile["maskOutput"], more: Partial<HostContext> = {}) {
  const scene = hostScene();
  const directory = join(scene.dir, "runs");
  const kept = new KeptRuns({ directory, limits: { holdMs: 0 }, onProblem: () => undefined });
  const node = { ...scene.context.node, maskOutput };
  const events: unknown[] = [];
  const call = {
    id: "i",
    signal: new AbortController().signal,
    protocol: 4,
    prepareSeen: true,
    maxPayloadBytes: 400_000,
    sendEvent: (_event: string, payload: unknown) => void events.push(payload),
  };
  const params = {
    command: ["sh", "-c", script],
    runId: "r",
    agentId: "main",
  };
  const request = { id: "i", nodeId: "d", command: "system.run", paramsJSON: JSON.stringify(params) };
  const answer = await dispatchInvoke(request, call, { ...scene.context, kept, node, ...more });
  if (!answer.ok) throw new Error(answer.message);
  const spooled = readFileSync(join(directory, "r.stdout"), "utf8");
  const payload = answer.payload as { readonly stdout: string; readonly stderr: string };
  return { ...payload, spooled, event: JSON.stringify(events) };
}

// The shell writes in pieces; the script itself does not hold the secret in one.
const SPLIT = "sleep 0.05; printf ghp_abcdefghij; sleep 0.05; printf 'klmnopqrstuv123456\\n'; printf mine";

describe("masked output", () => {
  it("is masked in the answer, in the event and on the disk, also where it came in pieces", async () => {
    const { stdout, spooled, event } = await leaves(SPLIT, { default: {} });
    expect(stdout).toBe("[redacted]\nmine");
    expect(spooled).toBe("[redacted]\nmine");
    expect(event).toContain("[redacted]\\nmine");
  });

  it("is off unless it is set, and where an agent has nothing to mask", async () => {
    for (const setting of [undefined, {}, { default: {}, agents: { main: { tokens: false } } }]) {
      const { stdout, spooled } = await leaves(SPLIT, setting);
      expect([stdout, spooled]).toEqual([`${TOKEN}\nmine`, `${TOKEN}\nmine`]);
    }
  });

  it("masks the values of named variables, of the host and of the run, and what the host knows", async () => {
    const masking = {
      hostEnv: { DEPLOY_KEY: "host-value-1", OTHER: "other-value" },
      secrets: new Set(["gateway-token"]),
    };
    const { stdout, stderr } = await leaves(
      "sleep 0.05; echo host-value-1 $CI_KEY other-value; echo gateway-token >&2",
      { agents: { main: { variables: ["deploy_*", "CI_KEY"], tokens: false } } },
      { masking, hostEnv: { PATH: process.env["PATH"], CI_KEY: "from-the-host" } },
    );
    expect(stdout).toBe("[redacted] [redacted] other-value\n");
    expect(stderr).toBe("[redacted]\n");
  });
});
