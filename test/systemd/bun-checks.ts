// A service that runs under bun, inside of user-manager.sh: as the user ann, with a systemd of her own and a small
// Gateway. bun is where its own installer puts it, in her home.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { check, finish, until } from "./checks.ts";
import {
  approveCommands,
  commandsOf,
  installPackage,
  startSmallGateway,
  TOKEN,
  type Answer,
  type Json,
} from "./package-under-test.ts";

const HOME = "/home/ann";
const BUN = `${HOME}/.bun/bin/bun`;
const UNIT = `${HOME}/.config/systemd/user/openclaw-node.service`;
const entry = installPackage(`${HOME}/lib/openclaw`);
const { cli, json } = commandsOf(process.execPath, () => entry);
const underBun = commandsOf(BUN, () => entry);
const gateway = await startSmallGateway(entry);
const { port } = gateway;

const status = (): Json => json(["node", "status"]);
const show = (property: string): string =>
  execFileSync(
    "systemctl",
    ["--user", "show", "openclaw-node.service", "--value", `--property=${property}`],
    { encoding: "utf8" },
  ).trim();
const ready = async (): Promise<Json> => {
  await until("the host is ready", () => status().ready === true);
  return status();
};
const OPERATOR = { OPENCLAW_STATE_DIR: `${HOME}/operator`, OPENCLAW_GATEWAY_TOKEN: TOKEN };
const operate = (words: readonly string[], args: readonly string[] = []): Answer =>
  cli([...words, "--url", `ws://127.0.0.1:${port}`, ...args], OPERATOR);
const SECRET = { OPENCLAW_GATEWAY_TOKEN: TOKEN };
let nodeId = "";

await check("no bun: the failure in its shape, and nothing is written", () => {
  fs.renameSync(BUN, `${HOME}/bun-away`);
  const failure = json(["node", "install", "--runtime", "bun", "--port", String(port)], SECRET, 1);
  assert.deepEqual(
    [failure.action, failure.ok, failure.error],
    ["install", false, "bun was not found in PATH"],
  );
  assert.equal(fs.existsSync(UNIT), false);
  fs.renameSync(`${HOME}/bun-away`, BUN);
});

await check("install --runtime bun: the unit runs bun, without options of Node", async () => {
  const answer = json(["node", "install", "--runtime", "bun", "--port", String(port)], SECRET);
  assert.equal(answer.result, "installed");
  const unit = fs.readFileSync(UNIT, "utf8");
  assert.match(unit, new RegExp(`^ExecStart=${BUN} ${entry} node run `, "mu"));
  assert.doesNotMatch(unit, /v8-pool-size/u);
  await until("connected", () => status().connection?.phase === "ready");
  const { host } = status();
  assert.equal(fs.readlinkSync(`/proc/${host.pid}/exe`), BUN);
  assert.match(show("StatusText"), /^connected to ws:\/\/127\.0\.0\.1:/u);
  assert.equal(show("Type"), "notify");
});

await check("it pairs, and its commands are approved", async () => {
  const report = status();
  nodeId = report.nodeId;
  assert.deepEqual([report.host.supervised, report.problems], [true, []]);
  approveCommands(operate);
  await ready();
});

await check("it runs what is allowed and refuses the rest, in a cgroup of its own", async () => {
  assert.equal(cli(["approvals", "allowlist", "add", "/usr/bin/printenv"]).code, 0);
  const run = operate(["nodes", "run", "--node", nodeId], ["--", "/usr/bin/printenv"]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /OPENCLAW_SHELL=exec/u);
  assert.doesNotMatch(run.stdout, /NOTIFY|WATCHDOG|LISTEN_|MANAGERPID|INVOCATION_ID|SERVICE_|TOKEN/u);
  const refused = operate(
    ["nodes", "invoke"],
    ["--node", nodeId, "--command", "system.run", "--params", '{"command":["/usr/bin/id"]}'],
  );
  assert.notEqual(refused.code, 0);
  assert.match(refused.stdout + refused.stderr, /SYSTEM_RUN_DENIED/u);
  assert.equal(status().containment?.kind, "cgroup");
});

await check("kill -9: it comes back as the same node", async () => {
  const { pid } = status().host;
  process.kill(pid, "SIGKILL");
  await until("restarted", () => show("NRestarts") === "1");
  const again = await ready();
  assert.notEqual(again.host.pid, pid);
  assert.equal(again.nodeId, nodeId);
});

await check("the watchdog is fed, and restarts a host that hangs", async () => {
  fs.mkdirSync(`${UNIT}.d`);
  fs.writeFileSync(`${UNIT}.d/quick.conf`, "[Service]\nWatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=1\n");
  execFileSync("systemctl", ["--user", "daemon-reload"]);
  assert.equal(json(["node", "restart"]).result, "restarted");
  const { pid } = (await ready()).host;
  for (let beats = 0; beats < 30; beats += 1) await until("fed", () => show("MainPID") === String(pid));
  assert.equal(show("NRestarts"), "0");
  process.kill(pid, "SIGSTOP");
  await until("restarted", () => show("NRestarts") === "1");
  assert.notEqual((await ready()).host.pid, pid);
  fs.rmSync(`${UNIT}.d`, { recursive: true });
  execFileSync("systemctl", ["--user", "daemon-reload"]);
});

await check("the commands themselves under bun: status, doctor, stop, start, restart", async () => {
  assert.equal(underBun.json(["node", "status"]).nodeId, nodeId);
  assert.equal(underBun.json(["node", "doctor"]).ok, true);
  assert.equal(underBun.json(["node", "stop"]).result, "stopped");
  assert.equal(underBun.json(["node", "start"]).result, "started");
  assert.equal(underBun.json(["node", "restart"]).result, "restarted");
  assert.equal((await ready()).nodeId, nodeId);
});

await check("a bun that is gone is told, and install --force under Node mends it", async () => {
  fs.renameSync(BUN, `${HOME}/bun-away`);
  assert.ok(
    json(["node", "doctor"], {}, 1).checks.some((item: Json) => item.id === "service-runtime-missing"),
  );
  assert.equal(json(["node", "install", "--force", "--runtime-path", process.execPath]).result, "installed");
  const after = await ready();
  assert.deepEqual([after.nodeId, after.problems], [nodeId, []]);
  fs.renameSync(`${HOME}/bun-away`, BUN);
});

await check(
  "install --force --harden under bun takes the same state directory back, and uninstall leaves it",
  async () => {
    const install = ["node", "install", "--force", "--runtime", "bun", "--harden"];
    assert.equal(underBun.json(install).result, "installed");
    const { host, nodeId: again } = await ready();
    assert.equal(fs.readlinkSync(`/proc/${host.pid}/exe`), BUN);
    assert.equal(again, nodeId);
    assert.equal(underBun.json(["node", "uninstall"]).result, "uninstalled");
    assert.equal(fs.existsSync(UNIT), false);
    assert.throws(() => process.kill(host.pid, 0));
    assert.ok(fs.existsSync(`${HOME}/.openclaw/identity/device.json`));
  },
);

gateway.end();
finish();
