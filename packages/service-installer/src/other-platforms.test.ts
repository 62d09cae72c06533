import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { planInstall } from "./plan-install.ts";
import { lookAtServices } from "./look-at-services.ts";
import { plainSpec, recordingSystem, type RecordingSystem } from "./recording-system.test.support.ts";
import {
  installService,
  readServiceStatus,
  restartService,
  startService,
  stopService,
  uninstallService,
} from "./service-actions.ts";

describe("macOS", () => {
  const spec = plainSpec("darwin");
  const PLIST = "/home/ann/Library/LaunchAgents/ai.openclaw.node.plist";
  const NAME = "gui/501/ai.openclaw.node";

  function mac(): RecordingSystem {
    let loaded = false;
    let refusals = 2;
    const system = recordingSystem("darwin", ([, verb, name]) => {
      if (verb === "print" && name === NAME)
        return loaded
          ? { stdout: `${NAME} = {\n\tstate = running\n\tpid = 4242\n\tlast exit code = 78: EX_CONFIG\n}\n` }
          : { code: 113, stderr: "Could not find service" };
      if (verb === "bootout") loaded = false;
      if (verb === "bootstrap") {
        // As launchd does while the old job is still going away.
        refusals -= 1;
        if (refusals >= 0) return { code: 5, stderr: "Bootstrap failed: 5: Input/output error" };
        loaded = true;
      }
      return {};
    });
    system.files.set(spec.runtime, Buffer.alloc(0));
    system.files.set(spec.entry, Buffer.alloc(0));
    return system;
  }

  test("install, status, stop, start, restart, uninstall", async () => {
    const system = mac();
    expect(await installService(system, spec)).toMatchObject({
      result: "installed",
      service: { label: "LaunchAgent", loaded: true, loadedText: "loaded" },
    });
    expect(system.calls).toEqual([
      `launchctl print ${NAME}`,
      "launchctl print gui/501",
      `launchctl enable ${NAME}`,
      ...Array.from({ length: 3 }, () => `launchctl bootstrap gui/501 ${PLIST}`),
    ]);
    expect(system.files.get(PLIST)?.toString()).not.toContain("a-long-secret");
    expect(system.files.get("/home/ann/.openclaw/service-env/ai.openclaw.node.env")?.toString()).toBe(
      "export OPENCLAW_GATEWAY_TOKEN=a-long-secret\n",
    );
    const status = await readServiceStatus(system, spec);
    expect(status).toMatchObject({
      origin: "ours",
      runtime: { status: "running", pid: 4242, lastExitStatus: 78, cachedLabel: false },
      logs: ["/home/ann/Library/Logs/openclaw/node.log"],
    });
    expect(status.command?.programArguments).toEqual([spec.runtime, spec.entry, ...spec.programArguments]);
    expect(status.command?.environmentValueSources["OPENCLAW_GATEWAY_TOKEN"]).toBe("file");
    expect(await stopService(system, spec)).toMatchObject({ result: "stopped", service: { loaded: false } });
    expect(await stopService(system, spec)).toMatchObject({ result: "not-loaded" });
    expect(await startService(system, spec)).toMatchObject({ result: "started" });
    expect(await restartService(system, spec)).toMatchObject({ result: "restarted" });
    expect(system.calls.at(-1)).toBe(`launchctl kickstart -k ${NAME}`);
    expect(await uninstallService(system, spec)).toMatchObject({ result: "uninstalled" });
    expect([...system.files.keys()].filter((path) => path.startsWith("/home/ann"))).toEqual([]);
  });

  test("a daemon: what its account reads is its own, the rest is root's", async () => {
    const system = recordingSystem("darwin", () => ({}), {
      self: { name: "root", uid: 0, gid: 0, home: "/var/root" },
    });
    const daemon = { ...spec, scope: "system" as const, user: "ann" };
    const world = await lookAtServices(
      {
        ...system,
        run: async () => ({ kind: "exited", code: 113, stdout: "", stderr: "Could not find service" }),
      },
      daemon,
    );
    const plan = planInstall(daemon, { ...world, managers: [{ manager: "launchd", available: true }] });
    const written = plan.steps.flatMap((step) =>
      step.kind === "write" ? [[step.file.path, step.file.owner?.uid]] : [],
    );
    expect(written).toEqual([
      ["/Library/Application Support/openclaw/ai.openclaw.node.env", 501],
      ["/Library/Logs/openclaw/node.log", 501],
      ["/Library/LaunchDaemons/ai.openclaw.node.plist", undefined],
    ]);
  });

  test("no graphical session", async () => {
    const system = recordingSystem("darwin", () => ({ code: 113, stderr: "Could not find domain for user" }));
    const result = await installService(system, spec);
    expect(!result.ok && result.problem).toMatchObject({ code: "no-service-manager" });
    expect(!result.ok && result.problem.hints[0]).toContain("log in on the desktop");
  });

  test("the official agent is known and left alone", async () => {
    const system = mac();
    const text = readFileSync(new URL("fixtures/official-2026.6.1.plist", import.meta.url), "utf8");
    system.files.set(PLIST, Buffer.from(text));
    const status = await readServiceStatus(system, spec);
    expect(status.origin).toBe("official");
    expect(status.command?.programArguments[0]).toBe("/opt/node/bin/node");
    expect(await installService(system, spec)).toMatchObject({ problem: { code: "foreign-service" } });
  });
});

describe("Windows", () => {
  const spec = plainSpec("win32");
  const DIR = "C:\\Users\\ada\\.openclaw";
  const STARTUP =
    "C:\\Users\\ada\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\OpenClaw Node.vbs";

  function windows(denied: boolean): RecordingSystem {
    let registered = false;
    const system = recordingSystem("win32", (argv) => {
      const text = argv.join(" ");
      if (text.includes("/Query /TN") && !registered)
        return { code: 1, stderr: "ERROR: The system cannot find the file" };
      if (text.includes("/Query /TN"))
        return {
          stdout: "Status:   Running\r\nLast Run Time: 1/1/2026 1:00:00 AM\r\nLast Result: 267009\r\n",
        };
      if (text.includes("/Create")) {
        if (denied) return { code: 1, stderr: "ERROR: Access is denied." };
        registered = true;
      }
      if (text.includes("/Delete")) registered = false;
      return {};
    });
    system.files.set(spec.runtime, Buffer.alloc(0));
    system.files.set(spec.entry, Buffer.alloc(0));
    return system;
  }

  test("install, status, stop, uninstall", async () => {
    const system = windows(false);
    expect(await installService(system, spec)).toMatchObject({
      result: "installed",
      service: { label: "Scheduled Task", loaded: true, loadedText: "registered", notLoadedText: "missing" },
    });
    expect(system.calls.slice(2)).toEqual([
      `schtasks.exe /Create /F /TN OpenClaw Node /XML ${DIR}\\node.task.xml /RU LAB\\ada /NP`,
      "schtasks.exe /Run /TN OpenClaw Node",
    ]);
    expect(system.files.has(`${DIR}\\node.task.xml`)).toBe(false);
    const script = system.files.get(`${DIR}\\node.cmd`)?.toString() ?? "";
    expect(script).toContain(
      '\r\n"C:\\Program Files\\nodejs\\node.exe" C:\\openclaw\\main.js node run --host gw.example',
    );
    expect(script).not.toContain("a-long-secret");
    expect(system.files.get(`${DIR}\\node.vbs`)?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
    const status = await readServiceStatus(system, spec);
    expect(status.runtime).toEqual({
      status: "running",
      state: "Running",
      lastRunTime: "1/1/2026 1:00:00 AM",
      lastRunResult: "267009",
    });
    expect(status.command?.programArguments).toEqual([spec.runtime, spec.entry, ...spec.programArguments]);
    const stopped = await stopService(system, { ...spec, hostPid: 77 });
    expect(stopped).toMatchObject({ result: "stopped" });
    expect(system.calls.slice(-2)).toEqual([
      "schtasks.exe /End /TN OpenClaw Node",
      "taskkill.exe /PID 77 /T /F",
    ]);
    expect(system.files.has(`${DIR}\\node.stop`)).toBe(true);
    expect(await uninstallService(system, spec)).toMatchObject({ result: "uninstalled" });
    expect([...system.files.keys()].filter((path) => path.startsWith(DIR))).toEqual([`${DIR}\\node.stop`]);
  });

  test("denied: the Startup folder", async () => {
    const system = windows(true);
    const result = await installService(system, spec);
    expect(result).toMatchObject({ ok: true, result: "installed" });
    expect(result.notes.map(({ code }) => code)).toContain("startup-folder");
    expect(system.calls.slice(2)).toEqual([
      `schtasks.exe /Create /F /TN OpenClaw Node /XML ${DIR}\\node.task.xml /RU LAB\\ada /NP`,
      `schtasks.exe /Create /F /TN OpenClaw Node /XML ${DIR}\\node.task.xml`,
      `wscript.exe //B //NoLogo ${DIR}\\node.vbs`,
    ]);
    expect(system.files.has(STARTUP)).toBe(true);
    expect(await readServiceStatus(system, spec)).toMatchObject({
      service: { loaded: true },
      runtime: { status: "unknown", detail: "Startup-folder login item installed" },
    });
    expect(await uninstallService(system, spec)).toMatchObject({ result: "uninstalled" });
    expect(system.files.has(STARTUP)).toBe(false);
  });

  test("denied for the machine: no fallback, and nothing is left", async () => {
    const system = windows(true);
    const result = await installService(system, { ...spec, scope: "system", user: "LAB\\ada" });
    expect(result).toMatchObject({ ok: false, undone: true, problem: { code: "command-failed" } });
    expect([...system.files.keys()].filter((path) => path.startsWith(DIR))).toEqual([]);
  });
});

test("another platform", async () => {
  await expect(lookAtServices(recordingSystem("freebsd"), plainSpec("linux"))).rejects.toMatchObject({
    code: "unsupported-platform",
  });
  const system = recordingSystem("freebsd");
  const spec = { ...plainSpec("linux"), print: true };
  const plan = planInstall(spec, await lookAtServices(system, spec));
  expect(plan.outcome).toMatchObject({ kind: "by-hand" });
  const files = plan.steps.flatMap((step) => (step.kind === "write" ? [step.file] : []));
  const script = files.find(({ path }) => path.endsWith(".run"));
  expect(script?.text).toMatch(
    /^#!\/bin\/sh\n[\s\S]*\nexec \/opt\/node\/bin\/node \/opt\/openclaw\/main\.js node run /u,
  );
  expect([system.calls, system.files.size]).toEqual([[], 0]);
});
