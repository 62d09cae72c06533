import assert from "node:assert/strict";
import type { Scenario } from "./scenarios.ts";
import { startWatch } from "./watch-process.ts";

const AGENT = { agentId: "main", sessionKey: "agent:main:main" };
const OWN_ID = `${process.getuid?.() ?? ""}\n`;

export const watchScenarios: readonly Scenario[] = [
  {
    name: "a run that asks waits for the owner at the node, and runs as it was shown",
    run: async (world) => {
      const { node, nodeId } = await world.readyNode();
      const watcher = startWatch(node.stateDir);
      await watcher.event("watching");
      const ask = async (command: readonly string[], decision: string): Promise<unknown> => {
        const answer = world.invoke(nodeId, "system.run", { command, ...AGENT });
        const prompt = await watcher.event("prompt");
        assert.deepEqual([prompt.argv, prompt.agentId], [command, "main"]);
        watcher.answer(prompt.id, decision);
        const { payload, error } = await answer;
        return payload?.payload.stdout ?? error?.message;
      };
      assert.equal(await ask(["id", "-u"], "allow-once"), OWN_ID);
      assert.match(
        String(await ask(["id", "-u"], "deny")),
        /approval required.*owner at the node denied it/u,
      );
      assert.equal(await ask(["id", "-u"], "allow-always"), OWN_ID);
      const listed = await world.invoke(nodeId, "system.run", { command: ["id", "-u"], ...AGENT });
      assert.equal(listed.payload?.payload.stdout, OWN_ID, JSON.stringify(listed));
      const last = world.invoke(nodeId, "system.run", { command: ["id", "-g"], ...AGENT });
      await watcher.event("prompt");
      assert.equal(await watcher.stop(), 0);
      const { error } = await last;
      assert.match(error?.message ?? "", /approval required.*left without an answer/u);
    },
  },
];
