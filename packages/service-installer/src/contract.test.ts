import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { describePlan } from "./describe-plan.ts";
import { tricky } from "./hostile-text.test.support.ts";
import { lookAtServices } from "./look-at-services.ts";
import { BACKENDS, contents, standIn } from "./managers.test.support.ts";
import { planInstall } from "./plan-install.ts";
import {
  installService,
  readServiceStatus,
  restartService,
  startService,
  stopService,
  uninstallService,
} from "./service-actions.ts";
import type { ServiceResult } from "./service-plan.ts";

/** One word for what happened. */
function word(result: ServiceResult): string {
  return result.ok ? result.result : result.problem.code;
}

// What every service manager's backend does alike; the real systemd is tried in test/systemd.
describe.each(BACKENDS)("%s", (backend) => {
  test("the whole life of a service", async () => {
    const { system, spec, loaded, definition } = standIn(backend);
    const before = [...system.files.keys()].toSorted();
    expect(word(await installService(system, spec))).toBe("installed");
    const status = await readServiceStatus(system, spec);
    expect(status).toMatchObject({
      origin: "ours",
      service: { loaded: true },
      runtime: { status: "running" },
    });
    expect(status.command?.programArguments.slice(0, 2)).toEqual([spec.runtime, spec.entry]);
    expect(status.command?.sourcePath).toBe(definition);
    const again = await installService(system, spec);
    expect([word(again), again.warnings]).toEqual(["already-installed", []]);
    expect(word(await startService(system, spec))).toBe("already-running");
    expect(word(await stopService(system, spec))).toBe("stopped");
    expect([...loaded.values()]).not.toContain(true);
    expect(word(await stopService(system, spec))).toMatch(/^stopped|not-loaded$/u);
    expect(word(await startService(system, spec))).toBe("started");
    expect([...loaded.values()]).toEqual([true]);
    expect(word(await restartService(system, spec))).toBe("restarted");
    expect([...loaded.values()]).toEqual([true]);
    expect(word(await uninstallService(system, spec))).toBe("uninstalled");
    expect(word(await uninstallService(system, spec))).toBe("uninstalled");
    // The file that keeps the Windows launcher from starting a host again stays.
    expect([...system.files.keys()].filter((path) => !path.endsWith("\\node.stop")).toSorted()).toEqual(
      before,
    );
    expect([...loaded.keys()]).toEqual([]);
  });

  test("where nothing is installed", async () => {
    const { system, spec, orders } = standIn(backend);
    for (const act of [startService, restartService]) {
      const result = await act(system, spec);
      expect(word(result)).toBe("not-installed");
      expect(!result.ok && result.problem.hints.slice(0, 2)).toEqual([
        "openclaw node install",
        "openclaw node start",
      ]);
    }
    expect(word(await stopService(system, spec))).toBe("not-loaded");
    expect(word(await uninstallService(system, spec))).toBe("uninstalled");
    expect(orders()).toEqual([]);
  });

  test("secrets are in one file for the owner alone, in no argument and in no answer", async () => {
    const { system, spec } = standIn(backend);
    const result = await installService(system, spec);
    const holding = [...system.files].filter(([, content]) => content.includes("a-long-secret"));
    expect(holding.map(([path]) => system.modes.get(path))).toEqual([0o600]);
    const status = await readServiceStatus(system, spec);
    expect(status.command?.environmentValueSources["OPENCLAW_GATEWAY_TOKEN"]).toBe("file");
    expect(`${system.calls.join()}${JSON.stringify([result, status])}`).not.toContain("a-long-secret");
  });

  test("without force an existing one is left alone; with it, the former definition is kept", async () => {
    const on = standIn(backend);
    const { system, spec, definition } = on;
    await installService(system, spec);
    const [before, text] = [contents(on), system.files.get(definition)?.toString()];
    const other = { ...spec, programArguments: ["node", "run"] };
    const left = await installService(system, other);
    expect([word(left), left.warnings.map(({ code }) => code)]).toEqual(["already-installed", ["differs"]]);
    expect(contents(on)).toEqual(before);
    expect(await installService(system, { ...other, force: true })).toMatchObject({
      result: "installed",
      backupPath: `${definition}.bak`,
    });
    expect(system.files.get(`${definition}.bak`)?.toString()).toBe(text);
  });

  test("a service that another program wrote is refused without force, and never removed", async () => {
    const on = standIn(backend);
    const { system, spec, definition, loaded } = on;
    await installService(system, spec);
    system.files.set(definition, Buffer.from("something else"));
    const before = [contents(on), [...loaded]];
    expect(word(await installService(system, spec))).toBe("foreign-service");
    expect(word(await uninstallService(system, spec))).toBe("foreign-service");
    expect([contents(on), [...loaded]]).toEqual(before);
    expect(word(await installService(system, { ...spec, force: true }))).toBe("installed");
    expect(system.files.get(`${definition}.bak`)?.toString()).toBe("something else");
  });

  test("two state profiles side by side, beside a Gateway that nobody touches", async () => {
    const on = standIn(backend);
    const { system, spec, loaded, gateway } = on;
    const lab = { ...spec, stateProfile: "lab", stateDir: `${spec.stateDir}-lab` };
    await installService(system, spec);
    const before = [contents(on), [...loaded]];
    expect(word(await installService(system, lab))).toBe("installed");
    expect(loaded.size).toBe(2);
    expect(word(await stopService(system, lab))).toBe("stopped");
    expect((await readServiceStatus(system, spec)).runtime.status).toBe("running");
    expect(word(await uninstallService(system, lab))).toBe("uninstalled");
    system.files.delete(`${lab.stateDir}\\node.stop`);
    expect([contents(on), [...loaded]]).toEqual(before);
    expect(word(await uninstallService(system, spec))).toBe("uninstalled");
    expect(system.files.get(gateway)?.toString()).toBe("of a Gateway");
    expect(system.calls.filter((call) => /gateway/iu.test(call))).toEqual([]);
  });

  test("a runtime or a package that is gone is found, not started, and mended by force", async () => {
    const { system, spec, orders } = standIn(backend);
    await installService(system, spec);
    for (const gone of [spec.runtime, spec.entry]) {
      system.files.delete(gone);
      const { findings } = await readServiceStatus(system, spec);
      expect(findings).toMatchObject([
        {
          code: gone === spec.runtime ? "runtime-missing" : "entry-missing",
          command: "openclaw node install --force",
        },
      ]);
      expect(findings[0]?.text).toContain(gone);
      const done = orders().length;
      const refused = await restartService(system, spec);
      expect([word(refused), orders().length]).toEqual(["needs-repair", done]);
      system.files.set(gone, Buffer.alloc(0));
    }
    const moved = { ...spec, entry: `${spec.entry}.js`, force: true };
    system.files.delete(spec.entry);
    system.files.set(moved.entry, Buffer.alloc(0));
    expect(word(await installService(system, moved))).toBe("installed");
    expect((await readServiceStatus(system, spec)).findings).toEqual([]);
  });

  test("a dry run asks and does nothing", async () => {
    const on = standIn(backend);
    const before = contents(on);
    const shown = describePlan(planInstall(on.spec, await lookAtServices(on.system, on.spec))).join("\n");
    expect(shown).toContain(on.definition);
    expect(shown).not.toContain("a-long-secret");
    expect([on.orders(), contents(on)]).toEqual([[], before]);
  });

  test("no manager: refused with ways out, and nothing is written", async () => {
    const on = standIn(backend);
    on.gone = true;
    const before = contents(on);
    const result = await installService(on.system, on.spec);
    expect(word(result)).toBe("no-service-manager");
    expect(!result.ok && result.problem.hints).toContain("openclaw node run");
    expect(contents(on)).toEqual(before);
    expect(word(await stopService(on.system, on.spec))).toBe("not-loaded");
  });

  test("hostile words reach the program as they are, or are refused before anything is written", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tricky, { minLength: 1, maxLength: 4 }), async (words) => {
        const on = standIn(backend);
        const before = contents(on);
        const spec = { ...on.spec, programArguments: ["node", "run", "--display-name", ...words] };
        const result = await installService(on.system, spec);
        if (!result.ok) {
          expect(result.problem.code).toMatch(/^not-representable|too-large$/u);
          expect([contents(on), on.orders()]).toEqual([before, []]);
          return;
        }
        const { command } = await readServiceStatus(on.system, spec);
        expect(command?.programArguments).toEqual([spec.runtime, spec.entry, ...spec.programArguments]);
      }),
      { numRuns: 60 },
    );
  });
});
