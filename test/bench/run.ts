// `pnpm bench`: the built command against a bare Node process, in one run, as ratios.
// Prints a table and writes bench-results.json. It judges nothing: the exit code is 0.
import { execFileSync, fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBareGateway } from "./bare-gateway.ts";
import { browserFigures } from "./browser.ts";
import { decisionFigures } from "./decisions.ts";
import { formatFigures, median, treePss, type Figure } from "./figures.ts";
import { idleFigure, statusFigure } from "./local-commands.ts";
import { loadFigures } from "./load.ts";
import { outputFigures } from "./output.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRY = join(ROOT, "apps/cli/dist/main.js");
const FLOOR = fileURLToPath(new URL("floor.mjs", import.meta.url));
const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 5;
const STARTS = quick ? 3 : 7;
const RUNS = quick ? 50 : 150;
/** What every run needs is compiled by then, in the host and in the bare process. */
const WARM_UP = quick ? 500 : 3000;
const IDLE_MS = quick ? 5000 : 30_000;

/** With what a service definition starts the host; the program is no library that could be referred to. */
const { NODE_SERVICE_FLAGS } = (await import(
  new URL("../../apps/cli/src/service/runtime-flags.ts", import.meta.url).href
)) as { readonly NODE_SERVICE_FLAGS: readonly string[] };

const folder = mkdtempSync(join(tmpdir(), "openclaw-bench-"));
const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  OPENCLAW_STATE_DIR: join(folder, "state"),
  OPENCLAW_GATEWAY_TOKEN: "bench-token",
};
const gateway = await startBareGateway();
try {
  allowTrue();
  await endAll([await started(() => startOurs())]);
  const figures = [
    await startFigure(),
    ...(await runFigures()),
    ...(await runFigures(", as a service", NODE_SERVICE_FLAGS)),
    await memoryFigure(),
    ...(await localFigures()),
    ...(await outputFigures(quick)),
    ...(await loadFigures(quick)),
    ...(await browserFigures(quick)),
    ...sizeFigures(),
    ...decisionFigures(quick),
  ];
  process.stdout.write(`${formatFigures(figures)}\n`);
  const document = { node: process.version, at: new Date().toISOString(), quick, figures };
  writeFileSync(join(ROOT, "bench-results.json"), `${JSON.stringify(document, null, 2)}\n`);
} finally {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
}

function startOurs(flags: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, [...flags, ENTRY, "node", "run", "--port", String(gateway.port)], {
    env,
    stdio: "ignore",
  });
}

function startFloor(): ChildProcess {
  return spawn(process.execPath, [FLOOR, "connect", gateway.url], { env, stdio: "ignore" });
}

/** Starts a process and waits for its connect frame. */
async function started(start: () => ChildProcess): Promise<ChildProcess> {
  const connected = gateway.nextConnect();
  const child = start();
  await connected;
  return child;
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    const closed = once(child, "close");
    child.kill("SIGTERM");
    await closed;
  }
}

async function startFigure(): Promise<Figure> {
  const ratios: number[] = [];
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours: number[] = [];
    const floor: number[] = [];
    for (let index = 0; index < STARTS; index += 1) {
      ours.push(await timeStart(() => startOurs()));
      floor.push(await timeStart(startFloor));
    }
    ratios.push(median(ours) / median(floor));
    times.ours.push(median(ours));
    times.floor.push(median(floor));
  }
  return {
    name: "spawn to connect frame",
    ours: median(times.ours),
    floor: median(times.floor),
    unit: "ms",
    value: median(ratios),
    limit: 2,
    better: "lower",
  };
}

async function timeStart(start: () => ChildProcess): Promise<number> {
  const connected = gateway.nextConnect();
  const startedAt = performance.now();
  const child = start();
  const at = await connected;
  await endAll([child]);
  return at - startedAt;
}

async function runFigures(how = "", flags: readonly string[] = []): Promise<Figure[]> {
  const ours = await started(() => startOurs(flags));
  const floor = fork(FLOOR, ["run"], { env, execArgv: [] });
  const single: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
  // Both are warmed up alike: a host runs for weeks.
  await oursRuns(WARM_UP, 1);
  await floorRuns(floor, WARM_UP, 1);
  const throughput: { ours: number[]; floor: number[] } = { ours: [], floor: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    single.ours.push(median((await oursRuns(RUNS, 1)).times));
    single.floor.push(median((await floorRuns(floor, RUNS, 1)).times));
    throughput.ours.push((RUNS * 1000) / (await oursRuns(RUNS, 16)).totalMs);
    throughput.floor.push((RUNS * 1000) / (await floorRuns(floor, RUNS, 16)).totalMs);
  }
  floor.kill();
  await endAll([ours]);
  const ratio = (pair: { ours: number[]; floor: number[] }): number =>
    median(pair.ours.map((value, index) => value / (pair.floor[index] ?? Number.NaN)));
  return [
    {
      name: `system.run /bin/true, one at a time${how}`,
      ours: median(single.ours),
      floor: median(single.floor),
      unit: "ms",
      value: ratio(single),
      limit: 1.5,
      aim: 1.4,
      better: "lower",
    },
    {
      name: `system.run /bin/true, 16 at once${how}`,
      ours: median(throughput.ours),
      floor: median(throughput.floor),
      unit: "/s",
      value: ratio(throughput),
      limit: 0.65,
      aim: 0.7,
      better: "higher",
    },
  ];
}

interface Timed {
  readonly times: readonly number[];
  readonly totalMs: number;
}

async function oursRuns(count: number, parallel: number): Promise<Timed> {
  const times: number[] = [];
  let left = count;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const begin = performance.now();
      const result = await gateway.invoke("system.run", { command: ["/bin/true"] });
      if (!result.ok) throw new Error(`the run was refused: ${JSON.stringify(result.error)}`);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { times, totalMs: performance.now() - startedAt };
}

async function floorRuns(floor: ChildProcess, count: number, parallel: number): Promise<Timed> {
  const answer = once(floor, "message");
  floor.send({ count, parallel });
  const [timed] = (await answer) as [Timed];
  return timed;
}

/** Both idle at the same time, so that what they share is shared alike. */
async function memoryFigure(): Promise<Figure> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    const children = [await started(() => startOurs()), await started(startFloor)] as const;
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    ours.push(treePss(children[0].pid ?? 0));
    floor.push(treePss(children[1].pid ?? 0));
    await endAll(children);
  }
  const ratios = ours.map((value, index) => value / (floor[index] ?? Number.NaN));
  return {
    name: `idle memory (PSS) after ${IDLE_MS / 1000} s`,
    ours: median(ours),
    floor: median(floor),
    unit: "MiB",
    value: median(ratios),
    limit: 1.3,
    better: "lower",
  };
}

async function localFigures(): Promise<Figure[]> {
  const host = await started(() => startOurs(NODE_SERVICE_FLAGS));
  const status = statusFigure({ entry: ENTRY, env, folder, rounds: quick ? 5 : 15 });
  const idle = await idleFigure(host.pid ?? 0, IDLE_MS * 2);
  await endAll([host]);
  return [status, idle];
}

function sizeFigures(): Figure[] {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    cwd: join(ROOT, "apps/cli"),
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const packed = statSync(join(folder, tarball)).size / 1000;
  mkdirSync(join(folder, "unpacked"));
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", join(folder, "unpacked")]);
  const unpacked = readdirSync(join(folder, "unpacked"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size / 1000, 0);
  const size = (name: string, value: number, limit: number): Figure => ({
    name,
    ours: value,
    floor: Number.NaN,
    unit: "kB",
    value,
    limit,
    better: "lower",
  });
  return [size("packed tarball", packed, 400), size("unpacked", unpacked, 1500)];
}

function allowTrue(): void {
  const policy = {
    version: 1,
    defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false },
    agents: { "*": { allowlist: [{ pattern: realpathSync("/bin/true") }] } },
  };
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  writeFileSync(join(folder, "state", "exec-approvals.json"), JSON.stringify(policy), { mode: 0o600 });
}
