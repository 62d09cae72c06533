// Installs, starts, stops and removes the service under a real systemd: `pnpm test:systemd`.
// Needs root, unshare and setpriv (util-linux), systemd, and a cgroup2 mount. Everything happens in namespaces and
// cgroups of its own; all processes end with them.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LIMIT_MS = 300_000;

let passed = 0;
let failed = 0;
for (const [manager, script] of [
  ["user-manager.sh", "user-checks.ts"],
  ["user-manager.sh", "cli-checks.ts"],
  ["system-manager.sh", "system-checks.ts"],
  ["system-manager.sh", "cli-system-checks.ts"],
] as const) {
  const { ok, bad } = await runInside(manager, script);
  passed += ok;
  failed += bad;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runInside(manager: string, script: string): Promise<{ ok: number; bad: number }> {
  const base = cgroup2Mount();
  if (process.getuid?.() !== 0 || base === undefined) {
    process.stdout.write(`${script}: needs root and a cgroup2 mount\n`);
    return { ok: 0, bad: 1 };
  }
  const work = mkdtempSync(join(tmpdir(), "systemd-check-"));
  const group = join(base, `openclaw-systemd-check-${process.pid}`);
  mkdirSync(group);
  try {
    const output = await start(group, [join(HERE, manager), work, process.execPath, join(HERE, script)]);
    const counted = /^(\d+) passed, (\d+) failed$/mu.exec(output.at(-1) ?? "");
    if (counted === null) {
      process.stdout.write(`${script}: did not come to its end\n${tail(join(work, "systemd.log"))}\n`);
      return { ok: 0, bad: 1 };
    }
    return { ok: Number(counted[1]), bad: Number(counted[2]) };
  } finally {
    await removeGroup(group);
    rmSync(work, { recursive: true, force: true });
  }
}

/** The shell enters the group before anything else, so that nothing of ours is ever outside of it. */
function start(group: string, command: readonly string[]): Promise<string[]> {
  const enter =
    'echo $$ >"$0/cgroup.procs" && exec unshare --mount --pid --cgroup --uts --ipc --fork --kill-child --mount-proc bash "$@"';
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", enter, group, ...command], { stdio: ["ignore", "pipe", "inherit"] });
    // unshare ends its child, the first process of the namespace, and with it all others.
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      process.stdout.write(chunk);
    });
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(timer);
      resolve(text.trim().split("\n"));
    });
  });
}

function cgroup2Mount(): string | undefined {
  const line = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .find((mount) => mount.split(" ")[2] === "cgroup2");
  return line?.split(" ")[1];
}

/** Processes that are still dying hold their groups for a moment. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      removeTree(group);
      return;
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }
  process.stdout.write(`could not remove ${group}\n`);
}

function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  rmdirSync(group);
}

function tail(path: string): string {
  try {
    return readFileSync(path, "utf8").split("\n").slice(-15).join("\n");
  } catch {
    return "";
  }
}
