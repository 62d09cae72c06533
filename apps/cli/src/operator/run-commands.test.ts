import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ERAS } from "@openclaw/dev-gateway";
import { systemRunParamsSchema } from "@openclaw/protocol";
import {
  newIdentity,
  startWorld,
  type NodeScript,
  type OperatorWorld,
} from "./operator-world.test.support.ts";

type Run = ReturnType<typeof systemRunParamsSchema.parse>;

/** What the node was asked to run, the latest last. */
const runs: Run[] = [];

/** A node that wants an approval for `guarded`, and reports everything else as run. */
const script: NodeScript = (command, params) => {
  const asked = systemRunParamsSchema.parse(params);
  const argv = [...asked.command];
  const text = argv.join(" ");
  if (command === "system.run.prepare") {
    const { cwd = null, agentId = null, sessionKey = null } = asked;
    const snapshot = { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false };
    const plan = { argv: [`/usr/bin/${argv[0]}`, ...argv.slice(1)], cwd, agentId, sessionKey };
    return {
      payload: {
        plan: {
          ...plan,
          commandText: plan.argv.join(" "),
          commandPreview: null,
          policySnapshot: { ...snapshot, allowlistRules: [] },
        },
        execPolicy: { security: "allowlist", ask: "on-miss" },
      },
    };
  }
  runs.push(asked);
  if (text.includes("forbidden")) return denied("allowlist miss");
  if (text.includes("guarded") && !asked.approved) return denied("approval required");
  const result = { exitCode: 0, timedOut: false, success: true, stdout: "", stderr: "", error: null };
  if (text.includes("three")) return { payload: { ...result, exitCode: 3, success: false, stderr: "no\n" } };
  if (text.includes("slow")) return { payload: { ...result, exitCode: 124, timedOut: true, success: false } };
  return { payload: { ...result, stdout: "out\u001b[2J\n" } };
};

function denied(why: string): ReturnType<NodeScript> {
  return { error: { code: "SYSTEM_RUN_DENIED", message: `SYSTEM_RUN_DENIED: ${why}` } };
}

describe.each(ERAS)("nodes run on a Gateway of %s", (era) => {
  const plans = era !== "2026.2";
  let world: OperatorWorld;

  beforeAll(async () => {
    world = await startWorld({ era });
    const identity = newIdentity();
    const first = await world.node("pi", script, identity);
    const pending = (await world.json(["nodes", "pending"])) as readonly { readonly requestId: string }[];
    for (const { requestId } of pending) await world.cli(["nodes", "approve", requestId]);
    // Some Gateways grant commands at the next connect only.
    await first.close();
    await world.node("pi", script, identity);
  });
  afterAll(() => world.stop());

  const onNode = (...words: readonly string[]): readonly string[] => [
    "nodes",
    "run",
    "--node",
    "pi",
    ...words,
  ];

  test("passes output and exit code on, raw into a pipe and harmless into a terminal", async () => {
    expect(await world.cli(onNode("--", "ls"))).toEqual({ code: 0, stdout: "out\u001b[2J\n", stderr: "" });
    const shown = await world.cli(onNode("--", "ls"), { isTTY: true });
    expect(shown.stdout).toBe(`out${String.raw`\u001b[2J`}\n`);
    expect(await world.cli(onNode("--", "three"))).toMatchObject({ code: 3, stderr: "no\n" });
    expect((await world.cli(onNode("--command-timeout", "1000", "--", "slow"))).code).toBe(124);
    expect(await world.json(onNode("--", "ls"))).toMatchObject({ ok: true, command: "system.run" });
  });

  test("a refusal is a failure with the node's own words", async () => {
    const refused = await world.cli(onNode("--", "forbidden"));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("SYSTEM_RUN_DENIED: allowlist miss");
  });

  test("sends what was typed, by way of the node's plan where there is one", async () => {
    await world.cli(onNode("--env", "A=1", "--cwd", "/srv", "--agent", "ops", "--", "ls", "-l"));
    expect(runs.at(-1)).toMatchObject({
      command: plans ? ["/usr/bin/ls", "-l"] : ["ls", "-l"],
      env: { A: "1" },
      cwd: "/srv",
      agentId: "ops",
      timeoutMs: 600_000,
    });
  });

  /** Runs the guarded command and answers as soon as its id is named. */
  const decided = async (decision: string): Promise<{ readonly code: number; readonly stderr: string }> => {
    let resolved: Promise<unknown> | undefined;
    const result = await world.cli(onNode("--", "guarded"), {
      onStderr: (text) => {
        const id = /approval id: (\S+)/u.exec(text)?.[1];
        if (id !== undefined) resolved = world.cli(["approvals", "resolve", id, decision]);
      },
    });
    expect(await resolved).toMatchObject({ code: 0 });
    return result;
  };

  test("asks, waits, and runs exactly what was approved", async () => {
    const result = await decided("allow-once");
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("wants an approval for: ");
    expect(runs.at(-1)).toMatchObject({
      approved: true,
      approvalDecision: "allow-once",
      ...(plans ? { systemRunPlan: { argv: ["/usr/bin/guarded"] } } : {}),
    });
  });

  test("a denial ends it, and so does silence", async () => {
    const no = await decided("deny");
    expect(no.code).toBe(1);
    expect(no.stderr).toContain("denied by an operator");
    const before = runs.length;
    const silence = await world.cli(onNode("--approval-timeout", "300", "--", "guarded"));
    expect(silence.code).toBe(1);
    expect(silence.stderr).toContain("nobody decided");
    // One try without an approval, and none with one.
    expect(runs.length - before).toBe(1);
  });

  test("what waits can be listed where the Gateway can", async () => {
    const listed = await world.cli(["approvals", "pending"]);
    const canList = era === "2026.6" || era === "2026.9";
    expect(canList ? listed.stdout : listed.stderr).toContain(
      canList ? "No run waits" : "cannot list the runs",
    );
  });
});
