// Runs checks beside a real systemd, in namespaces and a cgroup of their own. Never start a manager in another way: it
// moves every process of the cgroup that it finds itself in.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkoutForOthers } from "../../packages/executor/src/checkout-for-others.test.support.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const LIMIT_MS = 300_000;
const NAMESPACES: readonly string[] = [
  "--mount",
  "--pid",
  "--cgroup",
  "--uts",
  "--ipc",
  "--fork",
  "--kill-child",
  "--mount-proc",
];

export interface Counted {
  readonly ok: number;
  readonly bad: number;
}

/** Runs one script of checks beside a real systemd in its own namespaces and cgroup. */
export async function runInside(
  manager: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Counted> {
  const base = cgroup2Mount();
  if (process.getuid?.() !== 0 || base === undefined) {
    process.stdout.write(`${script}: needs root and a cgroup2 mount\n`);
    return { ok: 0, bad: 1 };
  }
  const work = mkdtempSync(join(tmpdir(), "systemd-check-"));
  const group = join(base, `openclaw-systemd-check-${process.pid}`);
  mkdirSync(group);
  // The services run as other accounts. Not below /tmp: a service that runs a program there is warned about.
  const checkout = checkoutForOthers("/opt/systemd-checkout-");
  try {
    const command = [join(HERE, manager), work, process.execPath, join(HERE, script), ...builtElsewhere()];
    const output = await start(group, [...checkout.words, "bash", ...command], env);
    const counted = /^(\d+) passed, (\d+) failed$/mu.exec(output.at(-1) ?? "");
    if (counted === null) {
      process.stdout.write(`${script}: did not come to its end\n${tail(join(work, "systemd.log"))}\n`);
      return { ok: 0, bad: 1 };
    }
    return { ok: Number(counted[1]), bad: Number(counted[2]) };
  } finally {
    await removeGroup(group);
    rmSync(work, { recursive: true, force: true });
    checkout.remove();
  }
}

/** Another build than the one of the workspace. */
function builtElsewhere(): readonly string[] {
  const entry = process.env["OPENCLAW_TEST_ENTRY"];
  return entry === undefined ? [] : [dirname(entry)];
}

/** What starts a manager must refuse where it would take processes that are not its own. Starts none itself. */
export async function groupChecks(): Promise<Counted> {
  const guard = join(HERE, "private-group.sh");
  const tries: readonly (readonly [string, readonly string[]])[] = [
    ["outside of everything", []],
    ["in namespaces, but in the machine's own cgroup", ["unshare", ...NAMESPACES]],
  ];
  let ok = 0;
  for (const [where, prefix] of tries) {
    const [program, ...args] = [...prefix, "bash", guard];
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
    const refused = status === 70 && stderr.includes("refused");
    if (refused) ok += 1;
    process.stdout.write(`${refused ? "ok   " : "FAIL "} the scripts refuse to go on ${where}\n`);
  }
  return { ok, bad: tries.length - ok };
}

/** The shell enters the group before anything else, so that nothing of ours is ever outside of it. */
function start(
  group: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const enter = `echo $$ >"$0/cgroup.procs" && exec unshare ${NAMESPACES.join(" ")} "$@"`;
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", enter, group, ...command], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
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
