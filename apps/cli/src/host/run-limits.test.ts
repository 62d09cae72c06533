import { describe, expect, it } from "vitest";
import { detectContainment, type Containment } from "@openclaw/executor";
import { dispatchInvoke } from "./dispatch.ts";
import { hostScene } from "./host-scene.test.support.ts";
import { parseNodeFile } from "./node-file.ts";
import { limitsFor, tellLimitsOutOfReach } from "./run-limits.ts";
import { linesLog } from "./scratch.test.support.ts";

const SETTINGS = {
  default: { openFiles: 64, nice: 1 },
  agents: { build: { openFiles: 128, cpuSeconds: 600 }, free: {} },
};
const here = detectContainment({ useCgroup: false });
const bare: Containment = { ...here, tools: { ...here.tools, prlimit: undefined, nice: undefined } };

describe("limits of node.json", () => {
  it("give an agent its own values before those of everybody", () => {
    expect(limitsFor(undefined, "build")).toBeUndefined();
    expect(limitsFor({}, "build")).toBeUndefined();
    expect(limitsFor(SETTINGS, undefined)).toEqual({ openFiles: 64, nice: 1 });
    expect(limitsFor(SETTINGS, "build")).toEqual({ openFiles: 128, nice: 1, cpuSeconds: 600 });
    expect(limitsFor(SETTINGS, "__proto__")).toEqual(SETTINGS.default);
    expect(limitsFor({ agents: SETTINGS.agents }, "other")).toBeUndefined();
  });

  it.each([
    ["a misspelled name", { default: { memory: 5 } }],
    ["a text", { default: { nice: "5" } }],
    ["a fraction", { agents: { a: { cpuSeconds: 1.5 } } }],
    ["a limit beside default and agents", { nice: 5 }],
    ["too many agents", { agents: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [n, {}])) }],
  ])("are refused with %s: nobody shall believe in a limit that is not there", (_what, limits) => {
    const text = JSON.stringify({ version: 1, nodeId: "n", limits });
    expect(() => parseNodeFile(text, "node.json")).toThrow(/node\.json/u);
  });

  it.each([0, 129, 1.5, "4"])("maxConcurrentRuns is no %j", (maxConcurrentRuns) => {
    const text = JSON.stringify({ version: 1, nodeId: "n", maxConcurrentRuns });
    expect(() => parseNodeFile(text, "node.json")).toThrow(/maxConcurrentRuns/u);
  });

  it("are in force for the program", async () => {
    const node = { version: 1, nodeId: "n-1", limits: SETTINGS } as const;
    const { context } = hostScene(undefined, { node, containment: here });
    const shell = (agentId: string): object => ({ command: ["sh", "-c", "ulimit -n"], agentId });
    expect(await invoke(context, shell("main"))).toMatchObject({ payload: { stdout: "64\n" } });
    expect(await invoke(context, shell("build"))).toMatchObject({ payload: { stdout: "128\n" } });
  });

  it("refuse the run where they cannot be had, and say so at the start too", async () => {
    const node = { version: 1, nodeId: "n-1", limits: { agents: { a: { nice: 3 } } } } as const;
    const { context } = hostScene(undefined, { node, containment: bare });
    expect(await invoke(context, { command: ["true"], agentId: "a" })).toMatchObject({
      payload: { success: false, error: expect.stringMatching(/not started.*nice/u) },
    });
    expect(await invoke(context, { command: ["true"] })).toMatchObject({ payload: { success: true } });
    const lines: string[] = [];
    tellLimitsOutOfReach(node.limits, bare, linesLog(lines));
    expect(lines).toEqual([
      expect.stringMatching(/^warn: runs under `limits\.agents\.a` of node\.json are refused/u),
    ]);
    tellLimitsOutOfReach(node.limits, here, linesLog(lines));
    expect(lines).toHaveLength(1);
  });
});

async function invoke(context: Parameters<typeof dispatchInvoke>[2], params: object): Promise<object> {
  const call = {
    id: "i-1",
    signal: new AbortController().signal,
    protocol: 4,
    prepareSeen: true,
    maxPayloadBytes: 400_000,
    sendEvent: () => undefined,
  };
  const request = { id: "i-1", nodeId: "d", command: "system.run", paramsJSON: JSON.stringify(params) };
  return await dispatchInvoke(request, call, context);
}
