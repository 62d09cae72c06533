// How long one decision takes: part of `pnpm bench`, or alone with `node test/bench/decisions.ts`.
// File facts come out of memory, so that it is the engine that is measured.
import {
  decide,
  loadPolicy,
  type Facts,
  type LoadedPolicy,
  type RunRequest,
} from "../../packages/approvals/src/index.ts";
import { formatFigures, median, type Figure } from "./figures.ts";

const PROGRAM = "/usr/bin/git";
const LONG_NAME = `/${"a".repeat(4000)}`;
const FILES: ReadonlySet<string> = new Set([PROGRAM, LONG_NAME, "/work", "/bin/sh"]);
const facts: Facts = {
  pathStyle: "posix",
  home: "/home/me",
  hostCwd: "/work",
  pathEnv: "/usr/local/bin:/usr/bin:/bin",
  realpath: (path) => (FILES.has(path) ? path : undefined),
  stat: (path) => ({
    path,
    kind: path === "/work" ? "directory" : "file",
    executable: true,
    dev: 1,
    ino: path.length,
    size: 1,
    mtimeMs: 1,
    ctimeMs: 1,
  }),
};

const DEFAULTS = { security: "allowlist", ask: "on-miss", askFallback: "deny" };

/** Half of the entries name files, half directories or names with a star; the last one is ours. */
function listOf(count: number, last: string = PROGRAM): LoadedPolicy {
  const other = (at: number): string =>
    at % 2 === 0 ? `/opt/tools/release-${at}/bin/tool` : `/opt/tools/release-${at}/**/tool-*`;
  const allowlist = Array.from({ length: count }, (_, at) => ({
    pattern: at === count - 1 ? last : other(at),
  }));
  const policy = loadPolicy(`{"version":1,"defaults":${JSON.stringify(DEFAULTS)}}`);
  if (policy.kind !== "ok") throw new Error("the policy of the bench was refused");
  // A file of the size limit holds fewer entries than the largest list here.
  const agents = new Map([["main", { allowlist, deny: [] }]]);
  return { ...policy, document: { ...policy.document, agents } };
}

function request(argv: readonly string[], rawCommand?: string): RunRequest {
  const env = { PATH: facts.pathEnv };
  return { argv, rawCommand, env, approved: false, needsScreenRecording: false };
}

/** Median milliseconds of one decision, warm; each is checked for what it should say. */
function time(asked: RunRequest, policy: LoadedPolicy, outcome: string, rounds: number): number {
  const times: number[] = [];
  for (let round = 0; round < rounds * 2; round += 1) {
    const startedAt = performance.now();
    const decision = decide(asked, policy, facts);
    const ms = performance.now() - startedAt;
    if (decision.outcome !== outcome) {
      throw new Error(`the bench got ${decision.outcome} (${decision.reason}) instead of ${outcome}`);
    }
    if (round >= rounds) times.push(ms);
  }
  return median(times);
}

function figure(name: string, ms: number, limitMs: number, unit: "ms" | "µs" = "ms"): Figure {
  const factor = unit === "µs" ? 1000 : 1;
  return {
    name,
    ours: ms * factor,
    floor: Number.NaN,
    unit,
    value: ms * factor,
    limit: limitMs * factor,
    better: "lower",
  };
}

const STAR_WARS = `/${"*a".repeat(2000)}b`;

/** Patterns and texts that were made to take long; each with the answer that it must get. */
const HOSTILE: readonly (readonly [string, RunRequest, LoadedPolicy, string])[] = [
  ["a pattern of 2,000 stars", request([PROGRAM]), listOf(1, STAR_WARS), "ask"],
  ["a pattern of 2,000 stars on a path of 4,000 letters", request([LONG_NAME]), listOf(1, STAR_WARS), "ask"],
  ["double stars all over", request([LONG_NAME]), listOf(1, `/${"**a".repeat(1300)}b`), "ask"],
  ["text of nested quotes", shell(`git ${`"'`.repeat(16_000)}`), listOf(1), "ask"],
  ["text of backslashes", shell(`git ${"\\".repeat(65_000)}`), listOf(1), "ask"],
  ["text of operators", shell("git;".repeat(16_000)), listOf(1), "ask"],
  ["text of brackets", shell(`git ${"(".repeat(65_000)}`), listOf(1), "ask"],
  ["shells inside shells", shell(`sh -c "${"sh -c '".repeat(8000)}`), listOf(1), "ask"],
];

function shell(text: string): RunRequest {
  return request(["/bin/sh", "-c", text], text);
}

function hostileArguments(): readonly (readonly [string, LoadedPolicy, readonly string[]])[] {
  const withArguments = (argPattern: string): LoadedPolicy => {
    const policy = listOf(1);
    if (policy.kind !== "ok") return policy;
    const agents = new Map([["main", { allowlist: [{ pattern: PROGRAM, argPattern }], deny: [] }]]);
    return { ...policy, document: { ...policy.document, agents } };
  };
  return [
    ["an argument pattern of repeats", withArguments("^(a+)+(a|aa)*b$"), ["a".repeat(100_000)]],
    ["an argument pattern of choices", withArguments(`^(${"a|".repeat(1500)}a)*b$`), ["a".repeat(100_000)]],
    [
      "an argument pattern of nesting",
      withArguments(`^${"(".repeat(32)}a${")*".repeat(32)}b$`),
      ["a".repeat(9000)],
    ],
    ["an argument pattern of counts", withArguments("^(a{0,60}){30}b$"), ["a".repeat(100_000)]],
  ];
}

export function decisionFigures(quick: boolean): readonly Figure[] {
  const rounds = quick ? 20 : 200;
  const argv = request(["git", "status", "--short"]);
  const small = time(argv, listOf(1000), "allow", rounds * 5);
  const large = time(argv, listOf(100_000), "allow", 10);
  const plain = `git ${"log --oneline -n 5 HEAD~3 ".repeat(180)}`;
  const words = plain + `"${"x".repeat(65_536 - plain.length - 2)}"`;
  return [
    figure("decision, 1,000 entries", small, 0.1, "µs"),
    { ...figure("decision, 100,000 entries", large, small * 100), floor: small, limit: small * 100 },
    figure("decision, shell text of 64 KiB", time(shell(words), listOf(10), "allow", rounds / 4), 5),
    ...HOSTILE.map(([name, asked, policy, outcome]) => figure(name, time(asked, policy, outcome, 25), 10)),
    ...hostileArguments().map(([name, policy, args]) =>
      figure(name, time(request([PROGRAM, ...args]), policy, "ask", 25), 10),
    ),
  ];
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${formatFigures(decisionFigures(process.argv.includes("--quick")))}\n`);
}
