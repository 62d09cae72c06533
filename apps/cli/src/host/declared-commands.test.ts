import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NODE_COMMANDS } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { addedCommands, approvedAfter, takenCommands } from "./approved-commands.ts";
import { chosenCommands, declaredCommands, HOST_COMMANDS, narrowedText } from "./declared-commands.ts";
import { dispatchInvoke } from "./dispatch.ts";
import { hostScene } from "./host-scene.test.support.ts";
import type { InvokeCall } from "./host-context.ts";
import type { NodeFile } from "./node-file.ts";
import { nodeProfile } from "./node-profile.ts";
import { planNodeFile, settleNodeFile } from "./node-settings.ts";
import { inputOf, scratchDir } from "./scratch.test.support.ts";

const chosen = (options: Readonly<Record<string, unknown>>): readonly string[] | undefined =>
  chosenCommands(inputOf(options), undefined);

const declared = (node: NodeFile, browser = false): readonly string[] =>
  declaredCommands({ ...node, browser });

describe("--commands", () => {
  it("keeps together what belongs together, in one order", () => {
    expect(chosen({ commands: "system.which, system.run" })).toEqual([
      "system.run",
      "system.run.prepare",
      "system.which",
    ]);
    expect(chosen({ commands: "browser.proxy" })).toEqual(["browser.proxy", "browser.proxy.upload.v1"]);
    expect(chosen({ commands: ["system.execApprovals.set", "system.which"] })).toEqual([
      "system.which",
      "system.execApprovals.get",
      "system.execApprovals.set",
    ]);
  });

  it.each([
    ["system.rum", "`system.rum` is no command of this node host"],
    ["system.run,,system.which", "a name is missing"],
    ["all", "`all` is no command"],
    ["constructor", "`constructor` is no command"],
    ["system.run.prepare,system.which", "only serves `system.run`"],
    ["browser.proxy.upload.v1", "only serves `browser.proxy`"],
  ])("refuses %s", (text, problem) => {
    expect(() => chosen({ commands: text })).toThrow(problem);
  });

  it("says which names are known", () => {
    const failure = (() => {
      try {
        chosen({ commands: "camera.snap" });
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(failure).toBeInstanceOf(CliError);
    expect((failure as CliError).code).toBe("bad-option");
    expect((failure as CliError).hints.join("\n")).toContain(HOST_COMMANDS.join(", "));
  });

  it("contradicts --all-commands", () => {
    expect(() => chosen({ commands: "system.which", "all-commands": true })).toThrow(/contradict/u);
  });

  it("never gives a name that is not ours, whatever is typed", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.subarray([...HOST_COMMANDS]).map((names) => names.join()),
        ),
        (text) => {
          try {
            const names = chosen({ commands: text }) ?? [];
            expect(names.length).toBeGreaterThan(0);
            expect(HOST_COMMANDS.filter((name) => names.includes(name))).toEqual(names);
          } catch (error) {
            expect(error).toBeInstanceOf(CliError);
          }
        },
      ),
    );
  });
});

describe("the saved choice", () => {
  const path = (): string => join(scratchDir(), "node.json");

  it("is remembered, kept by a start without options, and forgotten by --all-commands", async () => {
    const file = path();
    writeFileSync(file, JSON.stringify({ version: 1, nodeId: "n", later: { keep: 1 } }), { mode: 0o600 });
    await settleNodeFile(file, inputOf({ commands: "system.which" }), {});
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      commands: ["system.which"],
      later: { keep: 1 },
    });
    expect(declared(planNodeFile(file, inputOf(), {}).node)).toEqual(["system.which"]);
    const { node } = await settleNodeFile(file, inputOf({ "all-commands": true }), {});
    expect(declared(node)).toEqual(NODE_COMMANDS);
    expect(JSON.parse(readFileSync(file, "utf8"))).not.toHaveProperty("commands");
  });

  it.each([[["system.which", "rm.all"]], [[]], ["system.which"]])("is refused when it is %j", (commands) => {
    const file = path();
    writeFileSync(file, JSON.stringify({ version: 1, nodeId: "n", commands }), { mode: 0o600 });
    expect(() => planNodeFile(file, inputOf(), {})).toThrow(/commands/u);
  });

  it("is one thing and the switch of the browser another: what is off is not offered, whatever was chosen", () => {
    const node: NodeFile = { version: 1, nodeId: "n" };
    expect(declared(node, true)).toEqual(HOST_COMMANDS);
    expect(declared(node, false)).toEqual(NODE_COMMANDS);
    const only: NodeFile = { ...node, commands: ["system.which", "browser.proxy"] };
    expect(declared(only, true)).toEqual(["system.which", "browser.proxy"]);
    expect(declared(only, false)).toEqual(["system.which"]);
    expect(nodeProfile(only, {}, true).caps).toEqual(["system", "browser"]);
    expect(nodeProfile(only, {}, false).caps).toEqual(["system"]);
    expect(nodeProfile({ ...node, commands: ["system.which"] }, {}, true).caps).toEqual(["system"]);
  });

  it("forgets approvals of another Gateway", async () => {
    const file = path();
    const gateway = { host: "127.0.0.1", port: 18_789, tls: false };
    const saved = { version: 1, nodeId: "n", approvedCommands: ["system.which"], gateway };
    writeFileSync(file, JSON.stringify(saved), { mode: 0o600 });
    expect((await settleNodeFile(file, inputOf(), {})).node.approvedCommands).toEqual(["system.which"]);
    expect((await settleNodeFile(file, inputOf({ port: 4000 }), {})).node).not.toHaveProperty(
      "approvedCommands",
    );
  });
});

describe("what is not declared", () => {
  const call = { signal: new AbortController().signal, protocol: 4 } as unknown as InvokeCall;

  it("is not answered, whatever the policy says", async () => {
    const { context } = hostScene(undefined, {
      node: { version: 1, nodeId: "n-1", commands: ["system.which"] },
    });
    const ask = async (command: string): Promise<unknown> =>
      await dispatchInvoke({ id: "i", nodeId: "n", command, paramsJSON: '{"bins":["sh"]}' }, call, context);
    for (const command of ["system.run", "system.run.prepare", "system.execApprovals.get"])
      expect(await ask(command)).toEqual({
        ok: false,
        code: "UNAVAILABLE",
        message: "command not supported",
      });
    expect(await ask("system.which")).toMatchObject({ ok: true });
  });

  it("is told in one line", () => {
    expect(narrowedText({ commands: NODE_COMMANDS, browser: false })).toBeUndefined();
    expect(narrowedText({ browser: true })).toBeUndefined();
    expect(narrowedText({ commands: ["system.which"], browser: false })).toMatch(
      /^offering only system.which; left out: system.run, .*set \(/u,
    );
    expect(narrowedText({ commands: NODE_COMMANDS, browser: true })).toMatch(
      /left out: browser.proxy, browser.proxy.upload.v1 \(/u,
    );
  });
});

describe("what is known to be approved", () => {
  const run = ["system.run", "system.run.prepare"];

  it("stays wide when less is declared and is replaced when more is approved", () => {
    expect(addedCommands(["a"], undefined)).toEqual([]);
    expect(addedCommands(["a", "b"], ["a"])).toEqual(["b"]);
    expect(approvedAfter(["a"], undefined)).toEqual(["a"]);
    expect(approvedAfter(["a"], ["a", "b"])).toEqual(["a", "b"]);
    expect(approvedAfter(["b", "c"], ["a", "b"])).toEqual(["b", "c"]);
  });

  it("is never more than the node can know", () => {
    const all = [...run, "system.which"];
    expect(takenCommands(all, { stage: "approved" })).toEqual(all);
    expect(takenCommands(all, { stage: "unknown" })).toBeUndefined();
    expect(takenCommands(all, { stage: "pending" })).toBeUndefined();
    expect(takenCommands(all, { stage: "pending", requestId: "r" })).toEqual([]);
    expect(takenCommands(all, { stage: "pending", added: run })).toEqual(["system.which"]);
    expect(takenCommands(all, { stage: "not-asked", added: run })).toEqual(["system.which"]);
    expect(takenCommands(all, { stage: "rejected" })).toEqual([]);
    expect(takenCommands(all, { stage: "rejected", added: run })).toEqual(["system.which"]);
  });
});
