import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { describePlan } from "./describe-plan.ts";
import { ServiceError } from "./errors.ts";
import { neverCarried, tricky, variableName } from "./hostile-text.test.support.ts";
import { renderOpenrcFiles, renderRunitFiles, runnerOf, type InitService } from "./init-scripts.ts";
import { lookAtServices } from "./look-at-services.ts";
import { planInstall } from "./plan-install.ts";
import { plainSpec, recordingSystem } from "./recording-system.test.support.ts";
import { initLocations } from "./service-locations.ts";

const base = mkdtempSync(join(tmpdir(), "init-scripts-"));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});

const service: InitService = {
  stateProfile: "default",
  description: "OpenClaw Node Host",
  command: ["/bin/true"],
  environment: new Map(),
  secrets: new Map([["OPENCLAW_GATEWAY_TOKEN", "a-long-secret"]]),
  user: "ann",
  home: "/",
};
const target = { stateProfile: "default", scope: "system", stateDir: "/home/ann/.openclaw" } as const;
const files = [
  ...renderOpenrcFiles(service, initLocations("openrc", target)),
  ...renderRunitFiles(service, initLocations("runit", target)),
];

test("the runner gives the program every word and variable as it was", () => {
  const carried = tricky.filter((text) => !neverCarried.test(text));
  const show = "process.stdout.write(JSON.stringify([process.argv.slice(1), process.env]))";
  fc.assert(
    fc.property(
      fc.array(carried, { maxLength: 10 }),
      fc.dictionary(
        variableName.map((name) => `T_${name}`),
        carried,
      ),
      (words, variables) => {
        const path = join(base, "run");
        writeFileSync(
          path,
          runnerOf({
            ...service,
            command: [process.execPath, "-e", show, "--", ...words],
            environment: new Map(Object.entries(variables)),
          }),
        );
        const [argv, env] = JSON.parse(
          execFileSync("sh", [path], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
        ) as [string[], object];
        expect(argv).toEqual(words);
        expect(env).toMatchObject({ ...variables });
      },
    ),
    { numRuns: 15 },
  );
});

describe.each(files.filter(({ mode }) => mode === 0o755))("$path", ({ text }) => {
  test("is a script that the shell understands, without a secret", () => {
    const path = join(base, "script");
    writeFileSync(path, text);
    expect(spawnSync("sh", ["-n", path], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    expect(text).not.toContain("a-long-secret");
  });
});

test("runit's finish takes the service down after exit codes that nothing mends", () => {
  const finish = files.find(({ path }) => path.endsWith("/finish"))?.text ?? "";
  const path = join(base, "finish");
  writeFileSync(path, finish.replace("exec sv down", "echo sv down").replace("exec sleep 4", "echo again"));
  const said = (code: string): string => execFileSync("sh", [path, code], { encoding: "utf8" });
  expect(said("78")).toContain("sv down /etc/sv/openclaw-node");
  expect(said("2")).toContain("sv down");
  expect(said("1")).toBe("again\n");
});

test.each(["root;id", "-x", "", "a b"])("the account %j is refused", (user) => {
  expect(() => renderRunitFiles({ ...service, user }, initLocations("runit", target))).toThrow(ServiceError);
});

describe("--print", () => {
  test.each([
    ["systemd", "save as /home/ann/.config/systemd/user/openclaw-node.service, mode 0600"],
    ["openrc", "save as /etc/init.d/openclaw-node, mode 0755"],
    ["runit", "ln -s /etc/sv/openclaw-node /var/service/"],
    ["launchd", "save as /home/ann/Library/LaunchAgents/ai.openclaw.node.plist, mode 0600"],
  ] as const)("%s", async (manager, line) => {
    const system = recordingSystem("linux", () => ({ kind: "missing" }));
    const spec = { ...plainSpec("linux"), print: true, manager };
    const plan = planInstall(spec, await lookAtServices(system, spec));
    expect(plan).toMatchObject({ manager, outcome: { kind: "by-hand" } });
    const shown = describePlan(plan);
    expect(shown).toContain(line);
    expect(shown.join("\n")).not.toContain("a-long-secret");
    expect(system.files.size).toBe(0);
  });
});
