// A service that runs under bun, inside of user-manager.sh: as the user ann, with a systemd of her own and a small
// Gateway. bun is where its own installer puts it, in her home.
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

const BUN = `${HOME}/.bun/bin/bun`;
const entry = installPackage(`${HOME}/lib/openclaw`);
const ours = commandsOf(process.execPath, () => entry);
const { json } = ours;
const underBun = commandsOf(BUN, () => entry);
const gateway = await startSmallGateway(entry);
const { port } = gateway;
const { status, show, ready, operate, ...common } = serviceOfAnn(ours, port);
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

await common.checkRunEnvironment();

await check("it refuses what is not allowed, and holds its runs in a cgroup of its own", () => {
  const refused = operate(
    ["nodes", "invoke"],
    ["--node", nodeId, "--command", "system.run", "--params", '{"command":["/usr/bin/id"]}'],
  );
  assert.notEqual(refused.code, 0);
  assert.match(refused.stdout + refused.stderr, /SYSTEM_RUN_DENIED/u);
  assert.equal(status().containment?.kind, "cgroup");
});

await common.checkReturn();
await common.checkWatchdog();

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
