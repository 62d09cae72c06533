// Packs every published package the way a release does and lets publint and attw look at it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "openclaw-packages-"));
const failures: string[] = [];

try {
  for (const name of [
    ...readdirSync(join(ROOT, "packages")).map((entry) => `packages/${entry}`),
    "apps/cli",
  ]) {
    const cwd = join(ROOT, name);
    const before = new Set(readdirSync(folder));
    // pnpm, not npm: it puts publishConfig.exports and real version ranges into the tarball.
    execFileSync("npx", ["--yes", "pnpm@12", "pack", "--pack-destination", folder], { cwd, stdio: "pipe" });
    const tarball = join(folder, readdirSync(folder).find((entry) => !before.has(entry)) ?? "");
    check(name, "publint", [tarball, "--strict"]);
    if (name.startsWith("packages/")) check(name, "attw", [tarball, "--profile", "esm-only", "--no-color"]);
    const files = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" });
    if (/\.test\.|test\.support|tsbuildinfo|fixtures/u.test(files))
      failures.push(`${name}: test files in the tarball`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const failure of failures) process.stderr.write(`${failure}\n`);
process.stdout.write(failures.length === 0 ? "all packages are in order\n" : `${failures.length} problems\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function check(name: string, tool: string, args: readonly string[]): void {
  try {
    execFileSync(join(ROOT, "node_modules/.bin", tool), args, { stdio: "pipe", encoding: "utf8" });
  } catch (error) {
    const output =
      error instanceof Error
        ? `${String(Reflect.get(error, "stdout"))}${String(Reflect.get(error, "stderr"))}`
        : String(error);
    failures.push(`${name}: ${tool}: ${output.trim()}`);
  }
}
