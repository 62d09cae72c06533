// The service of the user ann, and the checks that hold under every runtime: it comes back, it is watched, it keeps
// what is the service manager's to itself.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { check, until } from "./checks.ts";
import { TOKEN, type Answer, type Commands, type Json } from "./package-under-test.ts";

export const HOME = "/home/ann";
export const UNIT = `${HOME}/.config/systemd/user/openclaw-node.service`;

export interface ServiceOfAnn {
  readonly status: () => Json;
  /** A property, as systemd says it. */
  readonly show: (property: string) => string;
  /** The status, as soon as the host is ready. */
  readonly ready: () => Promise<Json>;
  /** A command of an operator at the Gateway. */
  readonly operate: (words: readonly string[], args?: readonly string[]) => Answer;
  readonly checkReturn: () => Promise<void>;
  readonly checkWatchdog: () => Promise<void>;
  readonly checkRunEnvironment: () => Promise<void>;
}

const OPERATOR = { OPENCLAW_STATE_DIR: `${HOME}/operator`, OPENCLAW_GATEWAY_TOKEN: TOKEN };

export function serviceOfAnn({ cli, json }: Commands, port: number): ServiceOfAnn {
  const status = (): Json => json(["node", "status"]);
  const show: ServiceOfAnn["show"] = (property) =>
    execFileSync(
      "systemctl",
      ["--user", "show", "openclaw-node.service", "--value", `--property=${property}`],
      { encoding: "utf8" },
    ).trim();
  const ready = async (): Promise<Json> => {
    await until("the host is ready", () => status().ready === true);
    return status();
  };
  const operate: ServiceOfAnn["operate"] = (words, args = []) =>
    cli([...words, "--url", `ws://127.0.0.1:${port}`, ...args], OPERATOR);
  return {
    status,
    show,
    ready,
    operate,
    checkReturn: async () =>
      await check("kill -9: it comes back as the same node", async () => {
        const { host, nodeId } = status();
        process.kill(host.pid, "SIGKILL");
        await until("restarted", () => show("NRestarts") === "1");
        const again = await ready();
        assert.notEqual(again.host.pid, host.pid);
        assert.equal(again.nodeId, nodeId);
      }),
    checkWatchdog: async () =>
      await check("the watchdog is fed, and restarts a host that hangs", async () => {
        fs.mkdirSync(`${UNIT}.d`);
        fs.writeFileSync(
          `${UNIT}.d/quick.conf`,
          "[Service]\nWatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=1\n",
        );
        execFileSync("systemctl", ["--user", "daemon-reload"]);
        assert.equal(json(["node", "restart"]).result, "restarted");
        const { pid } = (await ready()).host;
        // Longer than the watchdog allows.
        for (let beats = 0; beats < 30; beats += 1) await until("fed", () => show("MainPID") === String(pid));
        assert.equal(show("NRestarts"), "0");
        process.kill(pid, "SIGSTOP");
        await until("restarted", () => show("NRestarts") === "1");
        assert.notEqual((await ready()).host.pid, pid);
        fs.rmSync(`${UNIT}.d`, { recursive: true });
        execFileSync("systemctl", ["--user", "daemon-reload"]);
      }),
    checkRunEnvironment: async () =>
      await check("a run gets nothing of the service manager", () => {
        const allow = cli(["approvals", "allowlist", "add", "/usr/bin/printenv"]);
        assert.equal(allow.code, 0, allow.stderr);
        const run = operate(["nodes", "run", "--node", status().nodeId], ["--", "/usr/bin/printenv"]);
        assert.equal(run.code, 0, run.stderr);
        assert.match(run.stdout, /OPENCLAW_SHELL=exec/u);
        assert.doesNotMatch(run.stdout, /NOTIFY|WATCHDOG|LISTEN_|MANAGERPID|INVOCATION_ID|SERVICE_|TOKEN/u);
      }),
  };
}
