// The commands themselves, inside of user-manager.sh: as the user ann, with a systemd of her own and a small Gateway.
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { check, finish, until } from "./checks.ts";
import {
  approveCommands,
  commandsOf,
  installPackage,
  startSmallGateway,
  TOKEN,
  type Json,
} from "./package-under-test.ts";
import { HOME, serviceOfAnn, UNIT } from "./service-of-ann.ts";

let entry = installPackage(`${HOME}/lib/openclaw`);
const ours = commandsOf(process.execPath, () => entry);
const { cli, json } = ours;
const gateway = await startSmallGateway(entry);
const { port } = gateway;
const { status, show, ready, operate, ...common } = serviceOfAnn(ours, port);

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

await common.checkReturn();

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

await common.checkWatchdog();

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

await common.checkRunEnvironment();

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
