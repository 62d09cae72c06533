// The commands with --system, inside of system-manager.sh: as root, with a whole systemd and the account ann.
import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { check, finish, until } from "./checks.ts";

const TOKEN = "test-token-0123456789";
const BUILT = process.argv[2] ?? fileURLToPath(new URL("../../apps/cli/dist", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../../apps/cli/package.json", import.meta.url));
const UNIT = "/etc/systemd/system/openclaw-node.service";

fs.cpSync(BUILT, "/home/package/dist", { recursive: true });
fs.copyFileSync(MANIFEST, "/home/package/package.json");
fs.mkdirSync("/home/root");

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

function json(args: readonly string[], code = 0): Json {
  const words = ["/home/package/dist/main.js", "node", ...args, "--system", "--json"];
  const done = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, OPENCLAW_GATEWAY_TOKEN: TOKEN },
  });
  assert.equal(done.status, code, `${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return JSON.parse(done.stdout);
}

const gateway = spawn(
  process.execPath,
  ["/home/package/dist/main.js", "gateway", "dev", "--port", "0", "--token", TOKEN, "--json"],
  { stdio: ["ignore", "pipe", "ignore"] },
);
const [announced] = (await once(createInterface({ input: gateway.stdout }), "line")) as [string];
const { port } = JSON.parse(announced) as { port: number };

await check("a system service needs an account", () => {
  const failure = json(["install", "--port", String(port)], 1);
  assert.match(failure.error, /account/u);
  assert.equal(fs.existsSync(UNIT), false);
});

await check("root without --system: the way to a system service comes first, and nothing is written", () => {
  const words = ["/home/package/dist/main.js", "node", "install", "--port", String(port), "--json"];
  const done = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, HOME: "/home/root", OPENCLAW_GATEWAY_TOKEN: TOKEN },
  });
  const failure = JSON.parse(done.stdout);
  assert.deepEqual([done.status, failure.ok], [1, false]);
  assert.match(failure.error, /systemd cannot be used here \(no-user-bus\)/u);
  assert.equal(failure.hints[0], "openclaw node install --system --user NAME");
  assert.deepEqual([fs.existsSync(UNIT), fs.readdirSync("/home/root")], [false, []]);
});

await check("the home of somebody else, as sudo may leave it", () => {
  const words = ["/home/package/dist/main.js", "node", "install", "--port", String(port), "--json"];
  const done = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, HOME: "/home/ann" },
  });
  assert.match(JSON.parse(done.stdout).error, /`\/home\/ann` belongs to another user than root/u);
  assert.deepEqual(fs.readdirSync("/home/ann"), []);
});

await check("install for ann: root's files hold the secret, ann's hold the rest", async () => {
  const answer = json(["install", "--user", "ann", "--port", String(port)]);
  assert.deepEqual([answer.result, answer.service.label], ["installed", "systemd system"]);
  const unit = fs.readFileSync(UNIT, "utf8");
  assert.match(unit, /^User=ann$/mu);
  assert.equal(unit.includes(TOKEN), false);
  assert.equal(fs.statSync("/etc/openclaw/openclaw-node.env").mode & 0o7777, 0o600);
  await until("connected", () => json(["status"]).connection?.phase === "ready");
  const report = json(["status"]);
  assert.equal(report.stateDir, "/home/ann/.openclaw");
  assert.equal(report.host.supervised, true);
  assert.equal(fs.statSync("/home/ann/.openclaw/node.json").uid, 4500);
});

await check("install --force does not read ann's files, and keeps what they say", async () => {
  const { nodeId } = json(["status"]);
  assert.equal(json(["install", "--user", "ann", "--force"]).result, "installed");
  await until("connected", () => json(["status"]).connection?.phase === "ready");
  assert.equal(json(["status"]).nodeId, nodeId);
});

await check("--harden: the host connects without any capability, and holds its runs together", async () => {
  assert.equal(json(["install", "--user", "ann", "--force", "--harden"]).result, "installed");
  await until("connected", () => json(["status"]).connection?.phase === "ready");
  const { host, containment } = json(["status"]);
  const status = fs.readFileSync(`/proc/${host.pid}/status`, "utf8");
  assert.match(status, /^Uid:\s+4500\s/mu);
  assert.match(status, /^CapBnd:\s*0+$/mu);
  assert.match(status, /^NoNewPrivs:\s*1$/mu);
  assert.equal(containment.kind, "cgroup");
});

await check("stop, status, doctor, start, restart, uninstall", async () => {
  assert.equal(json(["stop"]).result, "stopped");
  assert.deepEqual([json(["status"]).host, json(["status"]).problems], [null, []]);
  assert.equal(json(["doctor"]).ok, true);
  assert.equal(json(["start"]).result, "started");
  assert.equal(json(["restart"]).result, "restarted");
  await until("connected", () => json(["status"]).connection?.phase === "ready");
  assert.equal(json(["uninstall"]).result, "uninstalled");
  assert.deepEqual([fs.existsSync(UNIT), fs.existsSync("/etc/openclaw/openclaw-node.env")], [false, false]);
  assert.equal(fs.existsSync("/home/ann/.openclaw/node.json"), true);
});

gateway.kill();
finish();
