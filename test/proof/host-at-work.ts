// A real host, connected to a scripted Gateway, that may run everything; and what its runs leave behind.
import { randomUUID } from "node:crypto";
import { expect, vi } from "vitest";
import { FULL_POLICY, startHost, stateDir } from "../bad-input/host.ts";
import {
  scriptedGateway,
  type Json,
  type ScriptedGateway,
  type Visitor,
} from "../bad-input/scripted-gateway.ts";
import type { NodeProcess } from "../scenarios/node-process.ts";
import { childrenOf, openOf, processesWith } from "./machine.ts";

export interface HostAtWork {
  readonly gateway: ScriptedGateway;
  readonly visitor: Visitor;
  readonly node: NodeProcess;
  readonly pid: number;
  /** In the environment of every process of its runs, and of no other; one of the names that a shell gets. */
  readonly mark: string;
  /** Starts a shell script as a run. */
  start(id: string, script: string, more?: object): void;
  /** Runs it to its end. */
  run(id: string, script: string, more?: object): Promise<Json>;
}

export async function hostAtWork(
  settings: Readonly<Record<string, unknown>> = {},
  dir: string = stateDir({
    "exec-approvals.json": FULL_POLICY,
    "node.json": JSON.stringify({ version: 1, nodeId: "proof", ...settings }),
  }),
  env: Readonly<Record<string, string>> = {},
): Promise<HostAtWork> {
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: dir, env });
  await node.line(/connected to the Gateway/u);
  const visitor = await gateway.visitor(0);
  const id = randomUUID();
  const start = (name: string, script: string, more: object = {}): void =>
    visitor.invoke(name, "system.run", {
      command: ["/bin/sh", "-c", script],
      env: { LC_PROOF: id },
      runId: name,
      ...more,
    });
  return {
    gateway,
    visitor,
    node,
    pid: node.child.pid ?? 0,
    mark: `LC_PROOF=${id}`,
    start,
    run: async (name, script, more) => {
      start(name, script, more);
      return await visitor.result(name);
    },
  };
}

export interface Belongings {
  readonly children: readonly number[];
  readonly open: readonly string[];
}

/** What the host has now: its children and its descriptors, when it has done one run and had time to be done with it. */
export async function belongingsOf(host: HostAtWork): Promise<Belongings> {
  await host.run(`warm-${host.visitor.frames.length}`, "true");
  await settled(host, []);
  return { children: childrenOf(host.pid), open: openOf(host.pid) };
}

/** Nothing of its runs is left but these, and the host has what it had. */
export async function settled(
  host: HostAtWork,
  left: readonly number[] = [],
  before?: Belongings,
): Promise<void> {
  await vi.waitFor(
    () => {
      expect(processesWith(host.mark)).toEqual(left);
      if (before === undefined) return;
      expect(childrenOf(host.pid)).toEqual(before.children);
      expect(beyond(openOf(host.pid), before.open)).toEqual([]);
    },
    { timeout: 10_000, interval: 100 },
  );
}

/** What there is now and was not; each as often as it was counts for as many. */
function beyond(now: readonly string[], before: readonly string[]): readonly string[] {
  const known = [...before];
  return now.filter((name) => {
    const at = known.indexOf(name);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}
