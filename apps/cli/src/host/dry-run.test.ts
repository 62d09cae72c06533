import { systemRunParamsSchema } from "@openclaw/protocol";
import { describe, expect, test } from "vitest";
import { dispatchInvoke } from "./dispatch.ts";
import type { HostContext, InvokeCall } from "./host-context.ts";
import { hostScene, type HostScene } from "./host-scene.test.support.ts";
import { decideOptions } from "./judge-options.ts";
import { runFacts } from "./run-environment.ts";
import { dryRun, type DryRun } from "./dry-run.ts";

const CALL: InvokeCall = {
  id: "i",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: true,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

function dry(params: unknown, context: HostContext): DryRun {
  return dryRun(params, {
    host: context,
    policy: context.policy.current(),
    options: decideOptions(context),
    facts: (env) => runFacts(context, env),
  });
}

async function really(params: object, { context, audited }: HostScene): Promise<unknown> {
  await dispatchInvoke(
    { id: "i", nodeId: "d", command: "system.run", paramsJSON: JSON.stringify(params) },
    CALL,
    context,
  );
  return audited.find(({ kind }) => kind === "decision");
}

const POLICIES: Readonly<Record<string, object>> = {
  strict: { version: 1, agents: { main: { allowlist: ["true", "/usr/bin/head"], deny: ["dd"] } } },
  silent: { version: 1, defaults: { ask: "off" }, agents: { main: { allowlist: ["*"] } } },
  open: { version: 1, defaults: { security: "full", ask: "off" } },
  closed: { version: 1, defaults: { security: "deny" } },
  broken: { version: 2 },
};
const shell = (text: string): object => ({ command: ["/bin/sh", "-lc", text], rawCommand: text });
const REQUESTS: readonly object[] = [
  { command: ["true"] },
  { command: ["true"], cwd: "/no-such-directory" },
  { command: ["true"], env: { LD_PRELOAD: "x" } },
  { command: ["true"], rawCommand: "false" },
  { command: ["nice", "true"] },
  { command: ["perl", "-e", "1"] },
  { command: ["no-such-program"] },
  { command: ["dd", "--version"] },
  shell("true && true | head -1"),
  shell("true > /dev/null"),
  { ...shell("true"), env: { TERM: "x", FOO: "1" } },
];

describe.each(Object.entries(POLICIES))("what the host decides with the policy `%s`", (_name, policy) => {
  test.each(REQUESTS.map((request) => [JSON.stringify(request), request] as const))(
    "%s",
    async (_text, request) => {
      const params = { ...request, agentId: "main" };
      const scene = hostScene(policy, { exec: { strictInlineEval: true } });
      const { outcome, reason, rule, gates } = dry(params, scene.context);
      expect(scene.audited).toEqual([]);
      expect(await really(params, scene)).toMatchObject({
        outcome,
        reason,
        ...(rule === undefined ? {} : { rule }),
      });
      expect(gates.filter(({ decided }) => decided?.reason === reason)).toHaveLength(1);
      expect(systemRunParamsSchema.safeParse(params).success).toBe(true);
    },
  );
});

test("what cannot even be read is an answer too", () => {
  const { context } = hostScene();
  for (const params of [
    null,
    {},
    { command: [] },
    { command: ["a\0"] },
    { command: ["a"], env: { "": "\0" } },
  ]) {
    const { outcome, gates } = dry(params, context);
    expect(outcome).toBe("invalid");
    expect(gates.filter(({ status }) => status === "failed")).toHaveLength(1);
  }
});
