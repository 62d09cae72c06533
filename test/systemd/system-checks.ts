// The life of a system service, inside of system-manager.sh: as root, for the account ann.
import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import {
  captureServiceEnvironment,
  installService,
  lookAtServices,
  readServiceStatus,
  realServiceSystem,
  restartService,
  startService,
  stopService,
  uninstallService,
  type ServiceResult,
  type ServiceSpec,
} from "../../packages/service-installer/src/index.ts";
import { check, finish, until } from "./checks.ts";
import { HOSTILE } from "./hostile-words.ts";

const HOME = "/home/ann";
const UNIT = "/etc/systemd/system/openclaw-node.service";
const SECRETS = "/etc/openclaw/openclaw-node.env";
const ENTRY = `${HOME}/host.mjs`;
fs.copyFileSync(fileURLToPath(new URL("tiny-host.mjs", import.meta.url)), ENTRY);
fs.chmodSync(ENTRY, 0o644);

const system = realServiceSystem({ ...process.env, OPENCLAW_GATEWAY_TOKEN: "a-long-secret" });
const target = { stateProfile: "default", scope: "system", stateDir: `${HOME}/.openclaw` } as const;
const captured = captureServiceEnvironment({
  platform: "linux",
  env: system.env,
  home: HOME,
  runtime: process.execPath,
  target,
  version: "0.0.1",
});
const spec: ServiceSpec = {
  ...target,
  user: "ann",
  description: "OpenClaw Node Host",
  runtime: process.execPath,
  entry: ENTRY,
  programArguments: ["node", "run", ...HOSTILE],
  ...captured,
};
interface Seen {
  readonly argv: string[];
  readonly env: Record<string, string>;
  readonly status: string;
}
const seen = (): Seen => JSON.parse(fs.readFileSync(`${HOME}/seen.json`, "utf8")) as Seen;
const show = (property: string): string =>
  execFileSync("systemctl", ["show", "openclaw-node.service", "--value", `--property=${property}`], {
    encoding: "utf8",
  }).trim();
function word(result: ServiceResult): string {
  return result.ok ? result.result : `${result.problem.code}: ${result.problem.message}`;
}

await check("nothing of the machine itself is in reach", () => {
  assert.equal(fs.readdirSync("/etc/systemd/system").length, 0);
  assert.match(fs.readFileSync("/proc/self/mounts", "utf8"), /^\S+ \/etc /mu);
});

await check("an account that is not there, and none at all", async () => {
  assert.match(word(await installService(system, { ...spec, user: "nobody-of-that-name" })), /^bad-user/u);
  const { user: _, ...without } = spec;
  assert.match(word(await installService(system, without)), /^bad-user/u);
});

await check("install", async () => {
  assert.equal((await lookAtServices(system, { ...target, user: "ann" })).account?.home, HOME);
  assert.equal(word(await installService(system, spec)), "installed");
  assert.deepEqual((await readServiceStatus(system, target)).service.label, "systemd system");
  assert.equal(fs.statSync(SECRETS).mode & 0o7777, 0o600);
  assert.equal(fs.statSync(SECRETS).uid, 0);
  assert.equal(fs.existsSync(target.stateDir), false);
});

await check("the host runs as ann, with every word and the secret", () => {
  const { argv, env, status } = seen();
  assert.deepEqual(argv, [ENTRY, ...spec.programArguments]);
  assert.equal(env["OPENCLAW_GATEWAY_TOKEN"], "a-long-secret");
  assert.equal(env["HOME"], HOME);
  assert.match(status, /^Uid:\s+4500\s/mu);
  assert.equal(show("UnitFileState"), "enabled");
});

await check("stop, start, restart", async () => {
  assert.equal(word(await stopService(system, target)), "stopped");
  assert.equal(word(await startService(system, target)), "started");
  assert.equal(word(await restartService(system, target)), "restarted");
  assert.equal((await readServiceStatus(system, target)).runtime.status, "running");
});

await check("harden", async () => {
  assert.equal(word(await installService(system, { ...spec, harden: true, force: true })), "installed");
  const { status } = seen();
  assert.match(status, /^NoNewPrivs:\s*1$/mu);
  assert.match(status, /^CapBnd:\s*0+$/mu);
  assert.equal(show("ProtectSystem"), "yes");
  const verify = spawnSync("systemd-analyze", ["verify", UNIT], { encoding: "utf8" });
  assert.deepEqual([verify.status, verify.stderr], [0, ""]);
});

await check("lingering is seen on and off", async () => {
  const asAnn = { ...system, self: { name: "ann", uid: 4500, gid: 4500, home: HOME } };
  const user = { ...target, scope: "user" as const };
  execFileSync("loginctl", ["enable-linger", "ann"]);
  await until("ann's manager", () => fs.existsSync("/run/user/4500/systemd/private"));
  const run: typeof system.run = (argv, options) =>
    argv[0] === "systemctl"
      ? system.run(["setpriv", "--reuid", "4500", "--regid", "4500", "--clear-groups", ...argv], options)
      : system.run(argv, options);
  assert.equal((await lookAtServices({ ...asAnn, run }, user)).linger, "yes");
});

await check("uninstall", async () => {
  assert.equal(word(await uninstallService(system, target)), "uninstalled");
  assert.equal(fs.existsSync(UNIT), false);
  assert.equal(fs.existsSync(SECRETS), false);
  assert.equal((await readServiceStatus(system, target)).runtime.missingUnit, true);
});

finish();
