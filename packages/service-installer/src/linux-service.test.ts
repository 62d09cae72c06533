import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { applyPlan } from "./apply-plan.ts";
import { describePlan } from "./describe-plan.ts";
import { lookAtServices } from "./look-at-services.ts";
import { planInstall } from "./plan-install.ts";
import {
  plainSpec,
  recordingSystem,
  type Answer,
  type RecordingSystem,
} from "./recording-system.test.support.ts";
import {
  installService,
  readServiceStatus,
  restartService,
  startService,
  stopService,
  uninstallService,
} from "./service-actions.ts";

const spec = plainSpec("linux");
const UNIT = "/home/ann/.config/systemd/user/openclaw-node.service";
const NO_BUS =
  "Failed to connect to bus: Permission denied\nFailed to read server status: Transport endpoint is not connected";

/** systemd as far as it is asked here. */
function systemd(
  version: number,
  state: { enabled?: boolean; active?: boolean } = {},
  linger = "yes",
): Answer {
  return (argv) => {
    const text = argv.join(" ");
    if (text.includes("--property=Version")) return { stdout: `Version=${version}.1\n` };
    if (text.includes("--property=Linger")) return { stdout: `Linger=${linger}\n` };
    if (text.includes(" show "))
      return {
        stdout: `UnitFileState=${state.enabled === true ? "enabled" : "disabled"}\nActiveState=${state.active === true ? "active" : "inactive"}\nMainPID=${state.active === true ? 4242 : 0}\n`,
      };
    if (text.includes(" enable ")) state.enabled = true;
    if (text.includes(" restart ") || text.includes(" start ")) state.active = true;
    if (text.includes(" stop ")) state.active = false;
    if (text.includes(" disable ")) Object.assign(state, { enabled: false, active: false });
    return {};
  };
}

function machine(answer: Answer, env: Readonly<Record<string, string>> = {}): RecordingSystem {
  const system = recordingSystem("linux", answer, { env: { XDG_RUNTIME_DIR: "/run/user/501", ...env } });
  system.directories.add("/run/systemd/system");
  system.files.set("/usr/bin/systemd-notify", Buffer.alloc(0));
  system.files.set(spec.runtime, Buffer.alloc(0));
  system.files.set(spec.entry, Buffer.alloc(0));
  return system;
}

const orders = (system: RecordingSystem): string[] =>
  system.calls
    .filter((call) => !/ show | show-user /u.test(call))
    .map((call) => call.replace("systemctl --user --no-ask-password ", ""));

test("install, then the life of the service", async () => {
  const system = machine(systemd(252));
  const result = await installService(system, spec);
  expect(result).toMatchObject({
    ok: true,
    action: "install",
    result: "installed",
    service: { label: "systemd", loaded: true, loadedText: "enabled", notLoadedText: "disabled" },
    definitionPath: UNIT,
    warnings: [],
  });
  expect(orders(system)).toEqual([
    "daemon-reload",
    "enable openclaw-node.service",
    "reset-failed openclaw-node.service",
    "restart openclaw-node.service",
  ]);
  expect(system.modes.get(UNIT)).toBe(0o600);
  expect(system.files.get(UNIT)?.toString()).not.toContain("a-long-secret");
  expect(system.files.get("/home/ann/.openclaw/node.systemd.env")?.toString()).toBe(
    'OPENCLAW_GATEWAY_TOKEN="a-long-secret"\n',
  );
  expect(await installService(system, spec)).toMatchObject({
    result: "already-installed",
    message: "Node service already enabled.",
    warnings: [],
  });
  expect(await startService(system, spec)).toMatchObject({
    result: "already-running",
    message: "Node service already running (pid 4242).",
  });
  expect(await stopService(system, spec)).toMatchObject({ result: "stopped", service: { loaded: true } });
  expect(await restartService(system, spec)).toMatchObject({ result: "restarted" });
  expect(await uninstallService(system, spec)).toMatchObject({
    result: "uninstalled",
    service: { loaded: false },
  });
  expect([...system.files.keys()].filter((path) => path.startsWith("/home/ann"))).toEqual([]);
  expect(system.calls.filter((call) => call.includes("gateway"))).toEqual([]);
});

test.each([
  [253, true, "NotifyAccess=main\nOpenFile=/run/user/501/systemd/notify:notify:graceful"],
  [252, true, "NotifyAccess=all"],
  [252, false, "Type=exec"],
])("systemd %d, its command there: %s", async (version, command, line) => {
  const system = machine(systemd(version));
  if (!command) system.files.delete("/usr/bin/systemd-notify");
  const result = await installService(system, spec);
  expect(system.files.get(UNIT)?.toString()).toContain(line);
  expect(result.warnings.map(({ code }) => code)).toEqual(command ? [] : ["no-notify"]);
});

test("lingering that is off is told with its command", async () => {
  const result = await installService(machine(systemd(252, {}, "no")), spec);
  expect(result.warnings).toMatchObject([{ code: "linger-off", command: "sudo loginctl enable-linger ann" }]);
});

describe("no user bus", () => {
  const noBus: Answer = () => ({ code: 1, stderr: NO_BUS });
  test("install is refused with ways out, and nothing is left", async () => {
    const system = machine(noBus);
    const before = [...system.files.keys()];
    const result = await installService(system, spec);
    expect(result).toMatchObject({
      ok: false,
      problem: {
        code: "no-service-manager",
        message: `systemd cannot be used here (no-user-bus): ${NO_BUS.replace("\n", " ")}`,
        hints: [
          "sudo loginctl enable-linger ann",
          "export XDG_RUNTIME_DIR=/run/user/501",
          "sudo openclaw node install --system --user ann",
          "openclaw node run",
          "openclaw node install --print",
        ],
      },
    });
    expect([...system.files.keys()]).toEqual(before);
  });

  test("the other actions, as recorded", async () => {
    expect(await stopService(machine(noBus), spec)).toMatchObject({
      ok: true,
      result: "not-loaded",
      message: "Node service disabled.",
    });
    expect(await restartService(machine(noBus), spec)).toMatchObject({
      ok: false,
      problem: { code: "not-installed", message: "Node service disabled." },
    });
    const restarted = await restartService(machine(noBus), spec);
    expect(!restarted.ok && restarted.problem.hints.slice(0, 3)).toEqual([
      "openclaw node install",
      "openclaw node start",
      "systemctl --user start openclaw-node.service",
    ]);
    expect(await readServiceStatus(machine(noBus), spec)).toMatchObject({
      manager: undefined,
      service: { label: "systemd", loaded: false },
      command: undefined,
      runtime: { status: "unknown", detail: NO_BUS.replace("\n", " ") },
    });
  });

  test.each([
    ["not-running", "System has not been booted with systemd as init system (PID 1). Can't operate."],
    ["no-user-bus", "Failed to connect to bus: No medium found"],
    ["no-user-bus", "Failed to connect to bus: $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR not defined"],
  ])("%s: %s", async (reason, stderr) => {
    const world = await lookAtServices(
      machine(() => ({ code: 1, stderr })),
      spec,
    );
    expect(world.managers[0]).toMatchObject({ available: false, reason });
  });

  test("no systemctl, WSL, a container, another init", async () => {
    const system = machine(() => ({ kind: "missing" }), { container: "docker" });
    system.files.set("/proc/sys/kernel/osrelease", Buffer.from("5.15-microsoft-standard-WSL2\n"));
    const refused = await installService(system, spec);
    expect(!refused.ok && refused.problem.hints.join("\n")).toMatch(/\/etc\/wsl\.conf[\s\S]*in a container/u);
    system.directories.add("/run/openrc");
    const byHand = planInstall(spec, await lookAtServices(system, spec));
    expect(byHand.manager).toBe("openrc");
    expect(byHand.outcome).toMatchObject({ kind: "by-hand" });
    expect(await applyPlan(byHand, system)).toMatchObject({
      ok: false,
      byHand: true,
      problem: { code: "by-hand-only" },
    });
    expect(describePlan(byHand).join("\n")).toContain("rc-update add openclaw-node default");
  });
});

describe("what is there already", () => {
  const official = readFileSync(new URL("fixtures/official-2026.6.1.service", import.meta.url), "utf8");
  test.each([
    ["official", official],
    ["foreign", "[Service]\nExecStart=/bin/sleep 9\n"],
  ])("a service that is %s is refused, kept with force, never removed", async (origin, text) => {
    const system = machine(systemd(252, { enabled: true }));
    system.files.set(UNIT, Buffer.from(text));
    expect(await installService(system, spec)).toMatchObject({ problem: { code: "foreign-service" } });
    expect(await uninstallService(system, spec)).toMatchObject({ problem: { code: "foreign-service" } });
    expect((await readServiceStatus(system, spec)).origin).toBe(origin);
    expect(system.files.get(UNIT)?.toString()).toBe(text);
    expect(await installService(system, { ...spec, force: true })).toMatchObject({
      result: "installed",
      backupPath: `${UNIT}.bak`,
    });
    expect(system.files.get(`${UNIT}.bak`)?.toString()).toBe(text);
  });

  test("one of ours that is not enabled is mended without force", async () => {
    const system = machine(systemd(252));
    await installService(system, spec);
    const half = machine(systemd(252));
    half.files.set(UNIT, system.files.get(UNIT) ?? Buffer.alloc(0));
    expect(await installService(half, spec)).toMatchObject({ result: "installed" });
  });

  test("what has vanished and what may vanish is reported; services of earlier names are told", async () => {
    const system = machine(systemd(252));
    const moved = { ...spec, entry: "/home/ann/.npm/_npx/1a2b/node_modules/x/main.js" };
    system.files.set(moved.entry, Buffer.alloc(0));
    const made = await installService(system, moved);
    expect(made.warnings.map(({ code }) => code)).toEqual(["temporary-path"]);
    system.files.delete(moved.entry);
    system.files.set("/home/ann/.config/systemd/user/clawdbot-node.service", Buffer.from("x"));
    const { findings } = await readServiceStatus(system, spec);
    expect(findings.map(({ code }) => code)).toEqual(["entry-missing", "temporary-path", "legacy-service"]);
    await stopService(system, spec);
    expect(await startService(system, spec)).toMatchObject({ problem: { code: "needs-repair" } });
    expect(system.files.has("/home/ann/.config/systemd/user/clawdbot-node.service")).toBe(true);
  });

  test("root without a system service is warned, and gets the way to one", async () => {
    const root = { name: "root", uid: 0, gid: 0, home: "/root" };
    const command = "openclaw node install --system --user NAME";
    const system = { ...machine(systemd(252)), self: root };
    system.directories.add(root.home);
    system.factsOf = (path) => (path === root.home ? { kind: "directory", mode: 0o700, uid: 0 } : undefined);
    const made = await installService(system, spec);
    expect(made.warnings).toContainEqual(expect.objectContaining({ code: "runs-as-root", command }));
    const noBus = { ...machine(() => ({ code: 1, stderr: NO_BUS }), { SUDO_USER: "ann" }), self: root };
    const refused = await installService(noBus, spec);
    expect(!refused.ok && refused.problem.hints[0]).toBe(command.replace("NAME", "ann"));
  });

  test("root with the home of somebody else, and a system service without root", async () => {
    const root = { name: "root", uid: 0, gid: 0, home: "/home/ann" };
    const system = { ...machine(systemd(252)), self: root };
    expect(await installService(system, spec)).toMatchObject({ problem: { code: "wrong-home" } });
    const other = await installService(machine(systemd(252)), { ...spec, scope: "system", user: "ann" });
    expect(other).toMatchObject({ problem: { code: "not-permitted" } });
  });
});

test("a failure is undone: files, modes, directories", async () => {
  const state = {};
  const answer = systemd(252, state);
  const system = machine((argv) =>
    argv.includes("restart") ? { code: 1, stderr: "Job failed." } : answer(argv),
  );
  const before = [...system.files.keys()].toSorted();
  const result = await installService(system, spec);
  expect(result).toMatchObject({ ok: false, undone: true, problem: { code: "not-started" } });
  expect([...system.files.keys()].toSorted()).toEqual(before);
  expect([...system.directories]).not.toContain("/home/ann/.openclaw");
  expect(orders(system).slice(-3)).toEqual([
    "disable --now openclaw-node.service",
    "daemon-reload",
    "reset-failed openclaw-node.service",
  ]);
});

test("the dry run shows everything but secrets", async () => {
  const system = machine(systemd(252));
  const shown = describePlan(planInstall(spec, await lookAtServices(system, spec))).join("\n");
  expect(shown).toContain("OPENCLAW_GATEWAY_TOKEN=…");
  expect(shown).toContain(
    "    ExecStart=/opt/node/bin/node /opt/openclaw/main.js node run --host gw.example",
  );
  expect(shown).toContain("run systemctl --user --no-ask-password enable openclaw-node.service");
  expect(shown).not.toContain("a-long-secret");
  expect(system.files.has(UNIT)).toBe(false);
});
