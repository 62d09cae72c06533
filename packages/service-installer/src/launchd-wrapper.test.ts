import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { renderLaunchdSecrets } from "./launchd-plist.ts";
import { LAUNCHD_WRAPPER, LAUNCHD_WRAPPER_NAME } from "./launchd-wrapper.ts";

const base = mkdtempSync(join(tmpdir(), "launchd wrapper "));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
const secrets = join(base, "it's $HOME.env");
writeFileSync(secrets, renderLaunchdSecrets(new Map([["T_TOKEN", `s'e"c $r\`e\\t`]])));

const words = (file: string, ...command: readonly string[]): string[] => [
  "-c",
  LAUNCHD_WRAPPER,
  LAUNCHD_WRAPPER_NAME,
  file,
  ...command,
];

// macOS has bash or zsh as sh; both take what dash takes.
test.each(["dash", "bash"])("%s: the program gets its words and the secrets", (shell) => {
  const program = "process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.T_TOKEN]))";
  const out = execFileSync(shell, words(secrets, process.execPath, "-e", program, "a b", "$HOME", "'"), {
    encoding: "utf8",
  });
  expect(JSON.parse(out)).toEqual([["a b", "$HOME", "'"], `s'e"c $r\`e\\t`]);
});

test.each([
  [0, 0],
  [1, 1],
  [2, 0],
  [78, 0],
  [143, 143],
])("exit code %d becomes %d", (code, expected) => {
  const run = spawnSync("sh", words(join(base, "absent"), "sh", "-c", `exit ${code}`), { encoding: "utf8" });
  expect(run.status).toBe(expected);
  expect(run.stderr.includes(`exit code ${code}`)).toBe(code !== expected);
});

test.each(["dash", "bash"])(
  "%s: a signal reaches the program, whose exit code comes through",
  async (shell) => {
    const program =
      "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')";
    const child = spawn(shell, words(secrets, process.execPath, "-e", program), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(7);
  },
);
