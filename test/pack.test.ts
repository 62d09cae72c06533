import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const NODE20 = join(ROOT, "test/node20/node_modules/.bin/node");
const MAX_TARBALL_BYTES = 400_000;
const MAX_UNPACKED_BYTES = 1_500_000;

describe("the packed command", () => {
  let folder: string;
  let tarball: string;
  const env = (): NodeJS.ProcessEnv => ({
    HOME: folder,
    PATH: [
      dirname(NODE20),
      ...(process.env["PATH"] ?? "").split(delimiter).filter((dir) => !dir.includes("node_modules")),
    ].join(delimiter),
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-pack-"));
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
      cwd: join(ROOT, "apps/cli"),
      env: env(),
    });
    tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs these checks on Node 20", () => {
    expect(execFileSync(NODE20, ["--version"], { encoding: "utf8" })).toMatch(/^v20\./u);
  });

  it("is small", () => {
    expect(statSync(join(folder, tarball)).size).toBeLessThan(MAX_TARBALL_BYTES);
  });

  it("installs with plain npm: one package, no scripts, no network", () => {
    const target = join(folder, "app");
    const output = execFileSync(
      "npm",
      ["install", "--offline", "--no-audit", "--no-fund", "--prefix", target, join(folder, tarball)],
      {
        encoding: "utf8",
        env: env(),
      },
    );
    expect(output).toMatch(/added 1 package\b/u);
    const installed = join(target, "node_modules/@openclaw/node");
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as {
      scripts?: object;
      dependencies?: object;
    };
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([]);
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(manifest.scripts).not.toHaveProperty(script);
    const sizes = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_UNPACKED_BYTES);
  }, 60_000);

  it("runs under Node 20, by both names", () => {
    for (const name of ["openclaw", "openclaw-node"]) {
      const bin = join(folder, "app/node_modules/.bin", name);
      expect(existsSync(bin)).toBe(true);
      expect(execFileSync(bin, ["--version"], { encoding: "utf8", env: env() })).toMatch(
        /^\d+\.\d+\.\d+\n$/u,
      );
      const identity = execFileSync(bin, ["node", "identity", "--json"], { encoding: "utf8", env: env() });
      expect(JSON.parse(identity)).toMatchObject({
        ok: true,
        deviceId: expect.stringMatching(/^[0-9a-f]{64}$/u) as unknown,
      });
    }
  });
});
