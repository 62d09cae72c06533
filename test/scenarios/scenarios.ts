// The scenario suite: written once, run against our own Gateway and against real ones.
import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import { approvalScenarios } from "./approval-scenarios.ts";
import { browserScenarios } from "./browser-scenarios.ts";
import { credentialScenarios } from "./credential-scenarios.ts";
import { pairCodeScenarios } from "./pair-code-scenarios.ts";
import { pairingScenarios } from "./pairing-scenarios.ts";
import { refusalScenarios } from "./refusal-scenarios.ts";
import { surfaceScenarios } from "./surface-scenarios.ts";
import { tlsScenarios } from "./tls-scenarios.ts";
import { watchScenarios } from "./watch-scenarios.ts";
import type { EraTraits, World } from "./world.ts";

export interface Scenario {
  readonly name: string;
  /** Does this era have what the scenario is about? Absent means every era. */
  readonly applies?: (traits: EraTraits) => boolean;
  /** Needs a Gateway with TLS; then the newest era stands for all. */
  readonly tls?: true;
  readonly run: (world: World) => Promise<void>;
}

const UNAME = realpathSync("/usr/bin/uname");
const PRINTF = realpathSync("/usr/bin/printf");

const runScenarios: readonly Scenario[] = [
  {
    name: "system.which finds executables by name and nothing else",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      const answer = await world.invoke(nodeId, "system.which", {
        bins: ["uname", "no-such-program", "/usr/bin/uname", "../uname"],
      });
      assert.equal(answer.ok, true, JSON.stringify(answer));
      assert.deepEqual(Object.keys(answer.payload.payload.bins), ["uname"]);
    },
  },
  {
    name: "a listed command runs; an unlisted one is refused with its reason",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      await world.allow(nodeId, UNAME);
      const good = await world.invoke(nodeId, "system.run", { command: ["uname", "-s"] });
      assert.deepEqual(good.payload?.payload, {
        exitCode: 0,
        timedOut: false,
        success: true,
        stdout: "Linux\n",
        stderr: "",
        error: null,
      });
      const bad = await world.invoke(nodeId, "system.run", { command: ["whoami"] });
      assert.equal(bad.ok, false);
      assert.match(bad.error.message, /SYSTEM_RUN_DENIED: approval required/u);
      assert.match(bad.error.message, /whoami/u);
    },
  },
  {
    name: "text for a shell: a chain of listed commands runs, anything else is refused",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      await world.allow(nodeId, UNAME, PRINTF);
      const text = "uname -s && printf '%s\\n' 'a && b; c | d' | cat";
      const refused = await world.invoke(nodeId, "system.run", {
        command: ["/bin/sh", "-lc", text],
        rawCommand: text,
      });
      assert.match(refused.error?.message ?? "", /SYSTEM_RUN_DENIED/u, JSON.stringify(refused));
      const plain = "uname -s && printf '%s\\n' 'a && b; c | d'";
      const good = await world.invoke(nodeId, "system.run", {
        command: ["/bin/sh", "-lc", plain],
        rawCommand: plain,
      });
      assert.equal(good.payload?.payload.stdout, "Linux\na && b; c | d\n", JSON.stringify(good));
      for (const bad of [
        "uname $(id)",
        "uname > /tmp/x",
        "uname & id",
        "uname `id`",
        "X=1 uname",
        "uname\nid",
      ]) {
        const answer = await world.invoke(nodeId, "system.run", {
          command: ["/bin/sh", "-lc", bad],
          rawCommand: bad,
        });
        assert.match(answer.error?.message ?? "", /SYSTEM_RUN_DENIED/u, bad);
      }
    },
  },
  {
    name: "a failing command, a missing program and a time-out each give their result",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      const sleep = realpathSync("/usr/bin/sleep");
      await world.allow(nodeId, sleep, realpathSync("/usr/bin/false"));
      const failed = await world.invoke(nodeId, "system.run", { command: ["false"] });
      assert.equal(failed.payload?.payload.exitCode, 1);
      assert.equal(failed.payload.payload.success, false);
      const late = await world.invoke(nodeId, "system.run", { command: ["sleep", "30"], timeoutMs: 300 });
      assert.equal(late.payload?.payload.timedOut, true, JSON.stringify(late));
      assert.equal(late.payload.payload.exitCode, 124);
      const missing = await world.invoke(nodeId, "system.run", { command: ["no-such-program-x"] });
      assert.match(missing.error?.message ?? "", /SYSTEM_RUN_DENIED/u, JSON.stringify(missing));
    },
  },
  {
    name: "environment overrides: harmless ones arrive, blocked ones refuse the run",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      await world.allow(nodeId, realpathSync("/usr/bin/printenv"));
      const good = await world.invoke(nodeId, "system.run", {
        command: ["printenv", "MY_FLAG"],
        env: { MY_FLAG: "x y" },
      });
      assert.equal(good.payload?.payload.stdout, "x y\n", JSON.stringify(good));
      const bad = await world.invoke(nodeId, "system.run", {
        command: ["printenv"],
        env: { LD_PRELOAD: "/tmp/x.so" },
      });
      assert.match(
        bad.error?.message ?? "",
        /environment override rejected \(blocked override keys: LD_PRELOAD\)/u,
      );
      const secret = await world.invoke(nodeId, "system.run", {
        command: ["printenv", "OPENCLAW_GATEWAY_TOKEN"],
      });
      assert.equal(secret.payload?.payload.stdout, "");
    },
  },
  {
    name: "output larger than the limits is cut with a mark and does not end the link",
    run: async (world) => {
      const { nodeId } = await world.readyNode();
      await world.allow(nodeId, realpathSync("/usr/bin/head"));
      const big = await world.invoke(nodeId, "system.run", {
        command: ["head", "-c", "3000000", "/dev/zero"],
      });
      assert.equal(big.ok, true, JSON.stringify(big.error));
      const [head = "", missing, tail = ""] = big.payload.payload.stdout.split(
        /\n\.\.\. \(truncated: (\d+) bytes are missing here\) \.\.\.\n/u,
      );
      assert.ok(head.length > 0 && tail.length > 0, "the beginning and the end are there");
      assert.equal(head.length + Number(missing) + tail.length, 3_000_000);
      const after = await world.invoke(nodeId, "system.which", { bins: ["uname"] });
      assert.equal(after.ok, true);
    },
  },
];

const lifeScenarios: readonly Scenario[] = [
  {
    name: "the Gateway restarts while the node is connected: the node comes back by itself",
    run: async (world) => {
      const { node, nodeId } = await world.readyNode();
      await world.allow(nodeId, UNAME);
      await world.gateway.restart();
      await node.line(/trying again in/u);
      const answer = await retryInvoke(world, nodeId, { command: ["uname"] });
      assert.equal(answer.payload.stdout, "Linux\n");
    },
  },
  {
    name: "SIGTERM ends the node with 0, also while a command runs, and leaves nothing running",
    run: async (world) => {
      const { node, nodeId } = await world.readyNode();
      await world.allow(nodeId, realpathSync("/usr/bin/sleep"));
      // A number of its own, so that no other scenario's process is taken for this one.
      const seconds = `61.${world.gateway.port}`;
      const running = world.invoke(nodeId, "system.run", { command: ["sleep", seconds] });
      await untilProcess(`sleep ${seconds}`, true);
      const code = await node.stop();
      assert.equal(code, 0);
      await untilProcess(`sleep ${seconds}`, false);
      await running;
    },
  },
];

export const SCENARIOS: readonly Scenario[] = [
  ...pairingScenarios,
  ...credentialScenarios,
  ...refusalScenarios,
  ...surfaceScenarios,
  ...pairCodeScenarios,
  ...runScenarios,
  ...approvalScenarios,
  ...watchScenarios,
  ...browserScenarios,
  ...lifeScenarios,
  ...tlsScenarios,
];

async function retryInvoke(
  world: World,
  nodeId: string,
  params: unknown,
): Promise<{ payload: { stdout: string } }> {
  const { until } = await import("./world.ts");
  return await until(async () => {
    try {
      const answer = await world.invoke(nodeId, "system.run", params);
      return answer.ok ? answer.payload : undefined;
    } catch {
      return undefined;
    }
  }, "an invoke after the restart");
}

async function untilProcess(commandLine: string, wanted: boolean): Promise<void> {
  const { readdirSync, readFileSync } = await import("node:fs");
  const { until } = await import("./world.ts");
  await until(
    async () => {
      const there = readdirSync("/proc")
        .filter((name) => /^\d+$/u.test(name))
        .some((pid) => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, "utf8")
              .split("\0")
              .join(" ")
              .trim()
              .endsWith(commandLine);
          } catch {
            return false;
          }
        });
      return there === wanted ? true : undefined;
    },
    `process \`${commandLine}\` ${wanted ? "to run" : "to end"}`,
  );
}
