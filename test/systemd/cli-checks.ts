// The commands themselves, inside of user-manager.sh: as the user ann, with a systemd of her own and a small Gateway.
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
const UNIT = `${HOME}/.config/systemd/user/openclaw-node.service`;
let entry = installPackage(`${HOME}/lib/openclaw`);
const { cli, json } = commandsOf(process.execPath, () => entry);
const status = (): Json => json(["node", "status"]);
const show = (property: string): string =>
  execFileSync(
    "systemctl",
    ["--user", "show", "openclaw-node.service", "--value", `--property=${property}`],
    {
      encoding: "utf8",
    },
  ).trim();
const ready = async (): Promise<Json> => {
  await until("the host is ready", () => status().ready === true);
  return status();
};
const OPERATOR = { OPENCLAW_STATE_DIR: `${HOME}/operator`, OPENCLAW_GATEWAY_TOKEN: TOKEN };
const operate = (words: readonly string[], args: readonly string[] = []): Answer =>
  cli([...words, "--url", `ws://127.0.0.1:${port}`, ...args], OPERATOR);

const gateway = await startSmallGateway(entry);
const { port } = gateway;

const FACTS = { label: "systemd", loaded: true, loadedText: "enabled", notLoadedText: "disabled" };
let nodeId = "";

await check("nothing is there: the recorded answers", () => {
  const { service, host } = status();
  assert.deepEqual([service.loaded, service.command, host], [false, null, null]);
  assert.equal(service.runtime.status, "stopped");
  assert.deepEqual(json(["node", "stop"]), {
    action: "stop",
    ok: true,
    result: "not-loaded",
    message: "Node service disabled.",
    service: { ...FACTS, loaded: false },
  });
  const failure = json(["node", "start"], {}, 1);
  assert.deepEqual([failure.action, failure.ok, failure.error], ["start", false, "Node service disabled."]);
  assert.ok(failure.hints.includes("openclaw node install"));
});

await check("a dry run shows it all and does nothing", () => {
  const before = fs.readdirSync(HOME).toSorted();
  const { stdout } = cli(["node", "install", "--port", String(port), "--dry-run"], {
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
  });
  assert.match(stdout, /openclaw-node\.service/u);
  assert.equal(stdout.includes(TOKEN), false);
  assert.deepEqual(fs.readdirSync(HOME).toSorted(), before);
});

await check("install", async () => {
  const install = ["node", "install", "--port", String(port), "--display-name", "Ann's 50% $HOME"];
  const answer = json(install, { OPENCLAW_GATEWAY_TOKEN: TOKEN });
  assert.deepEqual(
    [answer.action, answer.ok, answer.result, answer.service],
    ["install", true, "installed", FACTS],
  );
  const unit = fs.readFileSync(UNIT, "utf8");
  assert.equal(unit.includes(TOKEN), false);
  assert.match(unit, /--v8-pool-size=0/u);
  assert.equal(fs.statSync(`${HOME}/.openclaw/node.systemd.env`).mode & 0o7777, 0o600);
  await until("connected", () => status().connection?.phase === "ready");
  assert.match(show("StatusText"), /^connected to ws:\/\/127\.0\.0\.1:/u);
});

await check("install again leaves it alone", () => {
  const answer = json(["node", "install", "--port", String(port)], { OPENCLAW_GATEWAY_TOKEN: TOKEN });
  assert.deepEqual([answer.result, answer.message], ["already-installed", "Node service already enabled."]);
});

await check("status knows the host, its Gateway and what to approve", async () => {
  const report = status();
  assert.equal(report.service.runtime.status, "running");
  assert.equal(report.host.pid, report.service.runtime.pid);
  assert.equal(report.host.supervised, true);
  assert.equal(report.displayName, "Ann's 50% $HOME");
  assert.deepEqual(report.problems, []);
  nodeId = report.nodeId;
  approveCommands(operate);
  await ready();
});

await check("kill -9: it comes back as the same node", async () => {
  const { pid } = status().host;
  process.kill(pid, "SIGKILL");
  await until("restarted", () => show("NRestarts") === "1");
  const again = await ready();
  assert.notEqual(again.host.pid, pid);
  assert.equal(again.nodeId, nodeId);
});

await check("stop, stop again, start, start again, restart", async () => {
  assert.equal(json(["node", "stop"]).result, "stopped");
  assert.equal(status().service.runtime.status, "stopped");
  assert.match(cli(["node", "status"]).stderr, /loaded but not running/u);
  assert.equal(json(["node", "stop"]).ok, true);
  assert.equal(json(["node", "start"]).result, "started");
  assert.equal(json(["node", "start"]).result, "already-running");
  const { pid } = (await ready()).host;
  assert.equal(json(["node", "restart"]).result, "restarted");
  assert.notEqual((await ready()).host.pid, pid);
});

await check("a host that hangs is restarted by the watchdog", async () => {
  fs.mkdirSync(`${UNIT}.d`);
  fs.writeFileSync(`${UNIT}.d/quick.conf`, "[Service]\nWatchdogSec=2\nTimeoutAbortSec=1\nRestartSec=1\n");
  execFileSync("systemctl", ["--user", "daemon-reload"]);
  assert.equal(json(["node", "restart"]).result, "restarted");
  const { pid } = (await ready()).host;
  // Longer than the watchdog allows: it is fed.
  for (let beats = 0; beats < 30; beats += 1) await until("fed", () => show("MainPID") === String(pid));
  assert.equal(show("NRestarts"), "0");
  process.kill(pid, "SIGSTOP");
  await until("restarted", () => show("NRestarts") === "1");
  assert.notEqual((await ready()).host.pid, pid);
  fs.rmSync(`${UNIT}.d`, { recursive: true });
  execFileSync("systemctl", ["--user", "daemon-reload"]);
});

await check("what only a person can mend ends with 78, and is not tried again", async () => {
  const nodeFile = `${HOME}/.openclaw/node.json`;
  const text = fs.readFileSync(nodeFile, "utf8");
  fs.writeFileSync(nodeFile, "{ broken");
  const failure = json(["node", "restart"], {}, 1);
  assert.equal(failure.ok, false);
  await until("given up", () => show("ActiveState") === "failed");
  assert.equal(show("ExecMainStatus"), "78");
  assert.equal(show("NRestarts"), "0");
  const doctor = json(["node", "doctor"], {}, 1);
  assert.ok(doctor.checks.some((item: Json) => item.level === "error" && item.text.includes("node.json")));
  fs.writeFileSync(nodeFile, text);
  assert.equal(json(["node", "start"]).result, "started");
  assert.equal((await ready()).nodeId, nodeId);
});

await check("an update: status says so, restart takes it", async () => {
  installPackage(`${HOME}/lib/openclaw`, "9.9.9");
  const report = status();
  assert.deepEqual([report.host.version === "9.9.9", report.installedVersion], [false, "9.9.9"]);
  assert.ok(report.problems.some((item: Json) => item.command === "openclaw node restart"));
  assert.equal(json(["node", "restart"]).result, "restarted");
  const after = await ready();
  assert.deepEqual([after.host.version, after.problems], ["9.9.9", []]);
});

await check("a package that moved: told, and mended by install --force", async () => {
  fs.renameSync(`${HOME}/lib/openclaw`, `${HOME}/lib/moved`);
  entry = `${HOME}/lib/moved/dist/main.js`;
  const doctor = json(["node", "doctor"], {}, 1);
  assert.ok(doctor.checks.some((item: Json) => item.id === "service-entry-missing"));
  const failure = json(["node", "restart"], {}, 1);
  assert.match(failure.error, /needs repair/u);
  assert.deepEqual(failure.hints, ["openclaw node install --force"]);
  const answer = json(["node", "install", "--force"], { OPENCLAW_GATEWAY_TOKEN: TOKEN });
  assert.equal(answer.result, "installed");
  const after = await ready();
  assert.deepEqual([after.nodeId, after.problems], [nodeId, []]);
});

await check("a run gets nothing of the service manager", async () => {
  const allow = cli(["approvals", "allowlist", "add", "/usr/bin/printenv"]);
  assert.equal(allow.code, 0, allow.stderr);
  const run = operate(["nodes", "run", "--node", nodeId], ["--", "/usr/bin/printenv"]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /OPENCLAW_SHELL=exec/u);
  assert.doesNotMatch(run.stdout, /NOTIFY|WATCHDOG|LISTEN_|MANAGERPID|INVOCATION_ID|SERVICE_|TOKEN/u);
});

await check(
  "--harden: the host connects, runs what is allowed and holds its runs together, without new rights",
  async () => {
    const answer = json(["node", "install", "--force", "--harden"], { OPENCLAW_GATEWAY_TOKEN: TOKEN });
    assert.equal(answer.result, "installed");
    const { host, containment } = await ready();
    assert.match(
      fs.readFileSync(`/proc/${host.pid}/status`, "utf8"),
      /^NoNewPrivs:\s*1$[\s\S]*^Seccomp:\s*2$/mu,
    );
    assert.equal(containment.kind, "cgroup");
    const run = operate(["nodes", "run", "--node", nodeId], ["--", "/usr/bin/printenv"]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(json(["node", "install", "--force"], { OPENCLAW_GATEWAY_TOKEN: TOKEN }).result, "installed");
    await ready();
  },
);

await check("a second state profile beside it", async () => {
  const lab = ["--profile", "lab", "node"];
  const answer = json([...lab, "install", "--port", String(port)], { OPENCLAW_GATEWAY_TOKEN: TOKEN });
  assert.equal(answer.result, "installed");
  await until("answers", () => json([...lab, "status"]).host !== null);
  assert.notEqual(json([...lab, "status"]).nodeId, nodeId);
  assert.equal((await ready()).nodeId, nodeId);
  assert.equal(json([...lab, "uninstall"]).result, "uninstalled");
  assert.equal((await ready()).nodeId, nodeId);
});

await check("uninstall leaves the state and nothing else", () => {
  const { pid } = status().host;
  assert.deepEqual(json(["node", "uninstall"]).result, "uninstalled");
  assert.equal(json(["node", "uninstall"]).result, "uninstalled");
  assert.throws(() => process.kill(pid, 0));
  const left = fs.readdirSync(`${HOME}/.config/systemd/user`, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    left.filter((name) => !name.endsWith(".bak") && !name.endsWith(".wants")),
    [],
  );
  assert.equal(fs.existsSync(`${HOME}/.openclaw/node.systemd.env`), false);
  assert.equal(
    JSON.parse(fs.readFileSync(`${HOME}/.openclaw/identity/device.json`, "utf8")).deviceId,
    nodeId,
  );
  assert.equal(status().service.loaded, false);
});

gateway.end();
finish();
