// The whole life of a user service, inside of user-manager.sh: as the user ann, with a systemd of her own.
import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { fileURLToPath } from "node:url";
import {
  applyPlan,
  captureServiceEnvironment,
  installService,
  lookAtServices,
  planInstall,
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
const UNIT = `${HOME}/.config/systemd/user/openclaw-node.service`;
const SECRETS = `${HOME}/.openclaw/node.systemd.env`;
const ENTRY = `${HOME}/it's a host (50% $HOME).mjs`;
fs.copyFileSync(fileURLToPath(new URL("tiny-host.mjs", import.meta.url)), ENTRY);

const system = realServiceSystem({ ...process.env, OPENCLAW_GATEWAY_TOKEN: 'sec"ret\\$x `y` %h' });
const target = { stateProfile: "default", scope: "user", stateDir: `${HOME}/.openclaw` } as const;
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
  description: "OpenClaw Node Host",
  runtime: process.execPath,
  runtimeArguments: ["--v8-pool-size=0", "--max-semi-space-size=1"],
  entry: ENTRY,
  programArguments: ["node", "run", "--display-name", ...HOSTILE],
  environment: new Map([...captured.environment, ...hostileVariables("PLAIN")]),
  secrets: new Map([...captured.secrets, ...hostileVariables("SECRET")]),
};

/** Variables cannot hold control characters but the tab; a secret must not stand elsewhere too. */
function hostileVariables(kind: string): [string, string][] {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const carried = HOSTILE.filter((text) => !/[\u0000-\u0008\u000a-\u001f]/u.test(text));
  return carried.map((text, index) => [
    `T_${kind}_${index}`,
    kind === "SECRET" ? `${text}|secret|${text}` : text,
  ]);
}

interface Seen {
  readonly argv: string[];
  readonly execArgv: string[];
  readonly env: Record<string, string>;
  readonly umask: number;
  readonly status: string;
  readonly limits: string;
  readonly pid: number;
}
const seen = (): Seen => JSON.parse(fs.readFileSync(`${HOME}/seen.json`, "utf8")) as Seen;
const show = (property: string): string =>
  execFileSync(
    "systemctl",
    ["--user", "show", "openclaw-node.service", "--value", `--property=${property}`],
    {
      encoding: "utf8",
    },
  ).trim();
function word(result: ServiceResult): string {
  return result.ok ? result.result : `${result.problem.code}: ${result.problem.message}`;
}
const orders = (text: string): void => fs.writeFileSync(`${HOME}/order`, text);

await check("looking: systemd is there, nothing is installed", async () => {
  const world = await lookAtServices(system, target);
  assert.deepEqual(world.managers[0], { manager: "systemd", available: true });
  assert.ok((world.systemdVersion ?? 0) > 200);
  assert.equal(world.hasSystemdNotify, true);
  assert.equal(world.installed.definition, undefined);
  assert.equal(world.installed.runtime.missingUnit, true);
});

await check("start, stop, restart, uninstall without a service", async () => {
  assert.match(word(await startService(system, target)), /^not-installed/u);
  assert.match(word(await restartService(system, target)), /^not-installed/u);
  assert.equal(word(await stopService(system, target)), "not-loaded");
  assert.equal(word(await uninstallService(system, target)), "uninstalled");
});

await check("install", async () => {
  const result = await installService(system, spec);
  assert.equal(word(result), "installed");
  assert.deepEqual(result.service, {
    label: "systemd",
    loaded: true,
    loadedText: "enabled",
    notLoadedText: "disabled",
  });
  assert.equal(fs.statSync(UNIT).mode & 0o7777, 0o600);
  assert.equal(fs.statSync(SECRETS).mode & 0o7777, 0o600);
  assert.equal(fs.statSync(target.stateDir).mode & 0o7777, 0o700);
  assert.equal(/sec"ret|\|secret\|/u.test(fs.readFileSync(UNIT, "utf8")), false);
});

await check("the host was given every word, variable and secret exactly", () => {
  const { argv, execArgv, env } = seen();
  assert.deepEqual(argv, [ENTRY, ...spec.programArguments]);
  assert.deepEqual(execArgv, spec.runtimeArguments);
  for (const [name, value] of [...spec.environment, ...spec.secrets]) assert.equal(env[name], value, name);
});

await check("systemd understood every line", () => {
  assert.equal(show("Type"), "notify");
  assert.equal(show("NotifyAccess"), show("OpenFile") === "" ? "all" : "main");
  assert.equal(show("WatchdogUSec"), "1min");
  assert.equal(show("RestartPreventExitStatus"), "2 78");
  assert.equal(show("KillMode"), "mixed");
  assert.equal(show("OOMPolicy"), "continue");
  assert.equal(show("Delegate"), "yes");
  assert.equal(show("LimitCORE"), "0");
  assert.equal(show("TimeoutStopUSec"), "30s");
  assert.equal(show("StartLimitBurst"), "5");
  assert.equal(seen().umask, 0o077);
  const verify = spawnSync("systemd-analyze", ["--user", "verify", UNIT], { encoding: "utf8" });
  assert.deepEqual([verify.status, verify.stdout, verify.stderr], [0, "", ""]);
});

/** What is wrong; the checkout that lends us its Node may itself lie in a directory for temporary files. */
function codesOf(notes: readonly { readonly code: string }[]): string[] {
  return notes.map(({ code }) => code).filter((code) => code !== "temporary-path");
}

await check("status of a running service", async () => {
  const status = await readServiceStatus(system, target);
  assert.equal(status.origin, "ours");
  assert.equal(status.runtime.status, "running");
  assert.equal(status.runtime.pid, seen().pid);
  assert.equal(status.runtime.systemd?.statusText, "connected");
  assert.deepEqual(status.command?.programArguments.slice(3), [ENTRY, ...spec.programArguments]);
  assert.equal(status.command?.environmentValueSources["OPENCLAW_GATEWAY_TOKEN"], "file");
  assert.equal(/ret\\|\|secret\|/u.test(JSON.stringify(status)), false);
  assert.deepEqual(codesOf(status.findings), []);
});

await check("a second install changes nothing, with the same options and with others", async () => {
  const before = fs.statSync(UNIT).mtimeMs;
  const same = await installService(system, spec);
  assert.equal(word(same), "already-installed");
  assert.deepEqual(codesOf(same.warnings), []);
  const other = await installService(system, { ...spec, programArguments: ["node", "run"] });
  assert.equal(word(other), "already-installed");
  assert.deepEqual(codesOf(other.warnings), ["differs"]);
  assert.equal(fs.statSync(UNIT).mtimeMs, before);
});

await check("stop, start, start again, restart", async () => {
  assert.equal(word(await stopService(system, target)), "stopped");
  assert.equal((await readServiceStatus(system, target)).runtime.status, "stopped");
  assert.equal(word(await startService(system, target)), "started");
  const { pid } = seen();
  assert.equal(word(await startService(system, target)), "already-running");
  assert.equal(word(await restartService(system, target)), "restarted");
  assert.notEqual(seen().pid, pid);
});

await check("a host that dies is started again; one that exits with 78 or 2 is not", async () => {
  const { pid } = seen();
  process.kill(pid, "SIGKILL");
  await until("started again", () => seen().pid !== pid && show("ActiveState") === "active");
  assert.equal(show("NRestarts"), "1");
  for (const code of ["78", "2"]) {
    fs.writeFileSync(`${HOME}/leave`, code);
    await until("failed", () => show("ActiveState") === "failed");
    const { runtime } = await readServiceStatus(system, target);
    assert.equal(runtime.lastExitStatus, Number(code));
    assert.equal(word(await startService(system, target)), "started");
  }
});

await check("without XDG_RUNTIME_DIR, as after su", async () => {
  const { XDG_RUNTIME_DIR: _, ...env } = process.env;
  const status = await readServiceStatus(realServiceSystem(env), target);
  assert.equal(status.runtime.status, "running");
});

await check("an install over it that does not start is undone, and the old service runs on", async () => {
  const text = fs.readFileSync(UNIT, "utf8");
  orders("refuse");
  const result = await applyPlan(
    planInstall(
      { ...spec, force: true, programArguments: ["node", "run"] },
      await lookAtServices(system, target),
    ),
    {
      ...system,
      // The old service may start again.
      run: async (argv, options) => {
        const outcome = await system.run(argv, options);
        if (outcome.kind === "exited" && outcome.code !== 0) orders("");
        return outcome;
      },
    },
  );
  assert.match(word(result), /^not-started/u);
  assert.equal(!result.ok && result.undone, true);
  assert.equal(fs.readFileSync(UNIT, "utf8"), text);
  assert.equal(fs.existsSync(`${UNIT}.bak`), false);
  assert.equal((await readServiceStatus(system, target)).runtime.status, "running");
});

await check("harden", async () => {
  const result = await installService(system, { ...spec, harden: true, force: true });
  assert.equal(word(result), "installed");
  assert.match(seen().status, /^NoNewPrivs:\s*1$/mu);
  assert.match(seen().status, /^Seccomp:\s*2$/mu);
  assert.equal(show("RestrictSUIDSGID"), "yes");
  const verify = spawnSync("systemd-analyze", ["--user", "verify", UNIT], { encoding: "utf8" });
  assert.deepEqual([verify.status, verify.stderr], [0, ""]);
  assert.equal(fs.existsSync(`${UNIT}.bak`), true);
});

await check("a vanished entry is reported, not started, and mended by an install with force", async () => {
  fs.renameSync(ENTRY, `${HOME}/host.mjs`);
  const { findings } = await readServiceStatus(system, target);
  assert.deepEqual(codesOf(findings), ["entry-missing"]);
  assert.match(word(await restartService(system, target)), /^needs-repair/u);
  const mended = await installService(system, { ...spec, entry: `${HOME}/host.mjs`, force: true });
  assert.equal(word(mended), "installed");
  assert.deepEqual(codesOf((await readServiceStatus(system, target)).findings), []);
});

await check("a second state profile stands beside it", async () => {
  const lab = { ...target, stateProfile: "lab", stateDir: `${HOME}/.openclaw-lab` };
  const made = await installService(system, { ...spec, ...lab, entry: `${HOME}/host.mjs`, notifies: false });
  assert.equal(word(made), "installed");
  assert.equal(word(await uninstallService(system, lab)), "uninstalled");
  assert.equal((await readServiceStatus(system, target)).runtime.status, "running");
});

await check("uninstall, twice", async () => {
  assert.equal(word(await uninstallService(system, target)), "uninstalled");
  assert.deepEqual(fs.readdirSync(`${HOME}/.config/systemd/user`, { recursive: true }), [
    "openclaw-node.service.bak",
  ]);
  assert.equal(fs.existsSync(SECRETS), false);
  assert.equal(fs.existsSync(target.stateDir), true);
  assert.equal(word(await uninstallService(system, target)), "uninstalled");
  assert.equal((await readServiceStatus(system, target)).runtime.missingUnit, true);
});

await check("a first install that does not start leaves nothing", async () => {
  fs.rmSync(`${HOME}/.config`, { recursive: true });
  fs.rmSync(target.stateDir, { recursive: true });
  fs.rmSync(`${HOME}/.openclaw-lab`, { recursive: true });
  orders("refuse");
  const result = await installService(system, { ...spec, entry: `${HOME}/host.mjs` });
  assert.match(word(result), /^not-started/u);
  assert.deepEqual(fs.readdirSync(HOME).toSorted(), ["host.mjs", "order", "seen.json"]);
  orders("");
});

await check("a unit that is not ours is left alone, and replaced with force", async () => {
  const text = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=default.target\n";
  fs.mkdirSync(`${HOME}/.config/systemd/user`, { recursive: true });
  fs.writeFileSync(UNIT, text);
  execFileSync("systemctl", ["--user", "enable", "--now", "openclaw-node.service"], { stdio: "ignore" });
  const entry = `${HOME}/host.mjs`;
  assert.match(word(await installService(system, { ...spec, entry })), /^foreign-service/u);
  assert.match(word(await uninstallService(system, target)), /^foreign-service/u);
  assert.equal(fs.readFileSync(UNIT, "utf8"), text);
  const forced = await installService(system, { ...spec, entry, force: true });
  assert.equal(word(forced), "installed");
  assert.equal(forced.ok && forced.backupPath, `${UNIT}.bak`);
  assert.equal(fs.readFileSync(`${UNIT}.bak`, "utf8"), text);
});

finish();
