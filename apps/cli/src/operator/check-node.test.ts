import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  startWorld,
  type CliResult,
  type NodeScript,
  type OperatorWorld,
} from "./operator-world.test.support.ts";

type Json = Readonly<Record<string, unknown>>;

let world: OperatorWorld;
let file: Json;
/** Everything that the node was asked. */
let asked: string[];
const BINS: Readonly<Record<string, string>> = {
  git: "/usr/bin/git",
  nice: "/usr/bin/nice",
  uname: "/usr/bin/uname",
};
const script: NodeScript = (command, params) => {
  asked.push(command);
  if (command === "system.execApprovals.get") {
    return { payload: { path: "/n/exec-approvals.json", exists: true, hash: "h1", file } };
  }
  if (command === "system.which") {
    const { bins } = params as { readonly bins: readonly string[] };
    const found = bins.filter((name) => Object.hasOwn(BINS, name)).map((name) => [name, BINS[name]]);
    return { payload: { bins: Object.fromEntries(found) } };
  }
  return { error: { code: "UNAVAILABLE", message: `not asked for: ${command}` } };
};
const defaults = { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false };

beforeEach(async () => {
  asked = [];
  file = { version: 1, defaults, agents: { "*": { allowlist: [{ id: "1", pattern: "/usr/bin/git" }] } } };
  world = await startWorld({ era: "2026.9" });
  await world.node("pi", script);
  const [pending] = (await world.json(["nodes", "pending"])) as readonly { readonly requestId: string }[];
  await world.cli(["nodes", "approve", pending?.requestId ?? ""]);
});
afterEach(() => world.stop());

const check = (...words: readonly string[]): Promise<CliResult> =>
  world.cli(["approvals", "check", "--node", "pi", ...words]);
async function checked(...words: readonly string[]): Promise<Json & { readonly gates: readonly Json[] }> {
  const { stdout, stderr } = await check("--json", ...words);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Json & { readonly gates: readonly Json[] };
}

describe("the policy of a node", () => {
  test("decides with the names that the node finds, and says what it cannot know", async () => {
    const { code, stdout } = await check("--cwd", "/srv", "--", "git", "status");
    expect(code).toBe(0);
    expect(stdout).toContain("As far as can be seen from here: it would run without asking.");
    expect(stdout).toMatch(/\? +deny-entries +not known: a node does not send/u);
    expect(stdout).toMatch(/\? +working-directory +not looked at: `\/srv`/u);
    expect(stdout).toContain("links are not");
    expect(new Set(asked)).toEqual(new Set(["system.execApprovals.get", "system.which"]));
    const document = await checked("--", "git", "status");
    expect(document).toMatchObject({
      outcome: "allow",
      certain: false,
      target: { name: expect.stringMatching(/^node pi /u) },
    });
    expect(document).not.toHaveProperty("start");
    expect(document["limits"]).toHaveLength(4);
  });

  test("goes through wrappers, text and directories", async () => {
    expect((await check("--", "nice", "git", "status")).code).toBe(0);
    expect((await check("--raw", "cd /srv/app && git pull; git log")).code).toBe(0);
    expect((await check("--raw", "git log && nosuch")).code).toBe(3);
    expect((await check("--", "/usr/bin/git")).code).toBe(0);
    expect((await check("--", "./git")).code).toBe(3);
  });

  test("names the command that changes it, for that node, and promises nothing", async () => {
    const document = await checked("--agent", "ops", "--", "uname", "-a");
    const { nodeId } = document["target"] as { readonly nodeId: string };
    expect(document).toMatchObject({
      outcome: "ask",
      reason: "not-listed",
      remedy: {
        proven: false,
        steps: [
          {
            kind: "add-entry",
            command: `openclaw approvals allowlist add /usr/bin/uname --agent ops --node ${nodeId.slice(0, 12)}`,
          },
        ],
      },
    });
    expect(document).not.toHaveProperty("approval");
    expect((await check("--", "uname")).stdout).toContain("What should allow it");
  });

  test("what denies everything is certain; open settings are not taken for narrow ones in silence", async () => {
    file = { version: 1, defaults: { ...defaults, security: "deny" } };
    expect(await checked("--", "git")).toMatchObject({ outcome: "deny", certain: true });
    file = { version: 1, defaults: {} };
    const { limits } = (await checked("--cwd", "/", "--", "git")) as unknown as {
      readonly limits: readonly string[];
    };
    expect(limits.at(-1)).toContain("`security` and `ask` of `defaults` open");
  });

  test("a directory on the node has to be absolute, and a node has to be there", async () => {
    expect((await check("--cwd", "app", "--", "git")).stderr).toContain("absolute path");
    expect((await world.cli(["approvals", "check", "--node", "no-such", "--", "git"])).code).toBe(1);
  });
});
