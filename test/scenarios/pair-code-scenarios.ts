import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { works } from "./credential-scenarios.ts";
import { runCli } from "./node-process.ts";
import type { Scenario } from "./scenarios.ts";
import { nodeIdOf, until, type Json, type World } from "./world.ts";

/** The pin of the Gateway's own certificate file. */
function ownPin(world: World): readonly string[] {
  const { certificate = "" } = world.gateway.tls ?? {};
  return ["--tls-fingerprint", new X509Certificate(readFileSync(certificate)).fingerprint256];
}

async function commandsOf(world: World, nodeId: string): Promise<readonly string[]> {
  const { nodes } = await world.ask("node.list");
  const node = nodes.find((item: Json) => item.nodeId === nodeId);
  return node?.connected === true ? node.commands : [];
}

export const pairCodeScenarios: readonly Scenario[] = [
  {
    name: "a join URL pairs a machine at once; later starts need no code, and the code works once",
    applies: (traits) => traits.joinCodes,
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      try {
        const url = await world.joinUrl();
        const file = join(stateDir, "code.txt");
        writeFileSync(file, `${url}\n`, { mode: 0o600 });
        const node = world.startNode({ stateDir, byCode: true, args: ["--pair-file", file] });
        await node.line(/paired with the Gateway at/u);
        await node.line(/connected to the Gateway/u);
        const nodeId = nodeIdOf(node);
        await until(
          async () => ((await commandsOf(world, nodeId)).includes("system.run") ? true : undefined),
          "the commands, without an operator",
        );
        assert.equal((await world.invoke(nodeId, "system.which", { bins: ["sh"] })).ok, true);
        await node.stop();
        const code = url.slice(url.lastIndexOf("/") + 1);
        assert.ok(!node.output().includes(code), "the code is not in the log");
        assert.ok(!readFileSync(join(stateDir, "node.json"), "utf8").includes(code));

        // A token of the environment that belongs to another Gateway is in nobody's way.
        const again = world.startNode({ stateDir, byCode: true, token: "token-of-another-gateway" });
        await again.line(/connected to the Gateway/u);
        assert.equal(nodeIdOf(again), nodeId);
        await again.stop();

        const other = mkdtempSync(join(tmpdir(), "openclaw-node-"));
        world.removeAtEnd(other);
        const used = await runCli(["node", "run", "--pair", "-"], { stateDir: other, input: url });
        assert.equal(used.code, 1);
        assert.match(used.stderr, /does not know this join URL: it expired or was used already/u);
      } finally {
        rmSync(stateDir, { recursive: true, force: true });
      }
    },
  },
  {
    name: "a setup code is refused by Gateways that do not know it, in a clear sentence",
    run: async (world) => {
      const stateDir = mkdtempSync(join(tmpdir(), "openclaw-node-"));
      world.removeAtEnd(stateDir);
      const payload = { url: world.gateway.url, bootstrapToken: "no-such-token-0123456789" };
      const code = Buffer.from(JSON.stringify(payload)).toString("base64url");
      const { code: exit, stderr } = await runCli(["node", "run", "--pair", "-"], { stateDir, input: code });
      assert.equal(exit, 1);
      assert.match(stderr, /too old for pairing codes|setup code invalid|bootstrap token invalid/u);
      assert.ok(!stderr.includes(payload.bootstrapToken));
    },
  },
  {
    name: "TLS: a join URL with a wrong pin is not used up; with the right one it pairs, and the pin is kept",
    applies: (traits) => traits.joinCodes,
    tls: true,
    run: async (world) => {
      const url = await world.joinUrl();
      assert.match(url, /^https:/u);
      const stateDir = world.newStateDir();
      const wrong = ["node", "run", "--pair", "-", "--tls-fingerprint", "ab".repeat(32)];
      const refused = await runCli(wrong, { stateDir, input: url });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /could not be redeemed: gateway tls fingerprint mismatch/u);
      const args = ["--pair", url, ...ownPin(world)];
      const node = world.startNode({ stateDir, byCode: true, token: "", args });
      await node.line(/approved this node's commands; ready for work/u);
      await works(world, nodeIdOf(node));
      await node.stop();
      const again = world.startNode({ stateDir, byCode: true, token: "" });
      await again.line(/connected to the Gateway at wss:/u);
    },
  },
  {
    name: "TLS: setup codes pair, from the terminal and the web page, as an argument, as a link and by standard input",
    applies: (traits) => traits.joinCodes,
    tls: true,
    run: async (world) => {
      const typed = await world.gateway.setupCode("terminal");
      const plain = world.startNode({
        byCode: true,
        token: "",
        args: ["--pair", typed, ...ownPin(world)],
      });
      await plain.line(/others on this machine can read a pairing code/u);
      await plain.line(/connected to the Gateway at wss:/u);
      // Such a code lets the machine in; its commands may be an operator's to approve.
      const nodeId = nodeIdOf(plain);
      await world.approveSurface(nodeId);
      await works(world, nodeId);

      const link = `oc-pair://${await world.gateway.setupCode("web page")}`;
      const linked = world.startNode({
        byCode: true,
        token: "",
        args: ["--pair", link, ...ownPin(world)],
      });
      await linked.line(/approved this node's commands; ready for work/u);
      await works(world, nodeIdOf(linked));

      const input = `${await world.gateway.setupCode("web page")}\n`;
      const piped = world.startNode({
        byCode: true,
        token: "",
        input,
        args: ["--pair", "-", ...ownPin(world)],
      });
      await piped.line(/approved this node's commands; ready for work/u);
      await works(world, nodeIdOf(piped));

      const used = await runCli(["node", "run", "--pair", "-", ...ownPin(world)], {
        stateDir: world.newStateDir(),
        input,
      });
      assert.equal(used.code, 1);
      assert.match(used.stderr, /setup code invalid, expired, revoked, or already used/u);
      for (const said of [plain.output(), linked.output(), piped.output(), used.stderr])
        for (const code of [typed, link.slice(10), input.trim()]) assert.ok(!said.includes(code));
    },
  },
];
