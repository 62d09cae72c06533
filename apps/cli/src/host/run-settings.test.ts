import { describe, expect, it } from "vitest";
import { parseNodeFile } from "./node-file.ts";
import { agentValue } from "./per-agent.ts";

const parsed = (settings: object) =>
  parseNodeFile(JSON.stringify({ version: 1, nodeId: "n", ...settings }), "node.json");

describe("what an owner sets for runs", () => {
  it("is read as it stands", () => {
    const settings = {
      onDisconnect: "continue",
      idleSeconds: { default: 600, agents: { build: 3600 } },
      maskOutput: { default: { variables: ["NPM_TOKEN", "DB_*"] }, agents: { owner: { tokens: false } } },
    };
    expect(parsed(settings)).toMatchObject(settings);
  });

  it.each([
    [{ onDisconnect: "keep" }, "onDisconnect"],
    [{ onDisconnect: true }, "onDisconnect"],
    [{ idleSeconds: 600 }, "idleSeconds"],
    [{ idleSeconds: { default: 0 } }, "idleSeconds.default"],
    [{ idleSeconds: { default: 1.5 } }, "idleSeconds.default"],
    [{ idleSeconds: { default: 1e9 } }, "idleSeconds.default"],
    [{ idleSeconds: { agent: { main: 5 } } }, "idleSeconds"],
    [{ idleSeconds: { agents: { "": 5 } } }, "idleSeconds.agents"],
    [{ maskOutput: true }, "maskOutput"],
    [{ maskOutput: { variables: ["A"] } }, "maskOutput"],
    [{ maskOutput: { default: { variables: "A" } } }, "maskOutput.default.variables"],
    [{ maskOutput: { default: { variables: ["A B"] } } }, "maskOutput.default.variables"],
    [{ maskOutput: { default: { variables: Array.from({ length: 65 }, () => "A") } } }, "maskOutput.default"],
    [{ maskOutput: { default: { token: true } } }, "maskOutput.default"],
  ])("stops the host where it is wrong: %j", (settings, place) => {
    expect(() => parsed(settings)).toThrow(`\`node.json\` is not valid at \`${place}`);
  });

  it("counts for an agent before everybody, and never by a name that every object has", () => {
    const settings = { default: 1, agents: { main: 2 } };
    expect([
      agentValue(settings, "main"),
      agentValue(settings, "x"),
      agentValue(settings, undefined),
    ]).toEqual([2, 1, 1]);
    expect(agentValue({ agents: {} }, "constructor")).toBeUndefined();
    expect(agentValue(undefined, "main")).toBeUndefined();
  });
});
