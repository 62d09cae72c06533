// `pnpm test:differential`: texts that the parser calls plain, against the shells themselves. For each text it compares
// what the shell starts for it, what our plan starts (for every second text), and what the parse says. Takes --share=0.1 (of the counts below),
// --seed=N and --shells=dash,zsh. The last line is "N passed, N failed"; one text is one check.
import * as fc from "fast-check";
import { decide, loadPolicy, type RunRequest } from "../../packages/approvals/src/index.ts";
import { parseShellText } from "../../packages/approvals/src/shell/parse.ts";
import { nodeFacts } from "../../packages/approvals/src/testing/node-facts.test.support.ts";
import {
  plainTexts,
  shellTexts,
  startedBy,
} from "../../packages/approvals/src/testing/shell-text.test.support.ts";
import { findShells, ShellBatch, type BatchItem } from "./shell-batch.ts";

/** Plain texts that each shell must agree on. */
const GOALS: Readonly<Record<string, number>> = {
  dash: 100_000,
  bash: 100_000,
  zsh: 20_000,
  busybox: 20_000,
};
/** Part of the generated texts that must be plain: less would prove less than it says. */
const LEAST_PLAIN = 0.3;
const GENERATED_AT_ONCE = 1000;
const TELL_EVERY = 10_000;
/** Disagreements that are printed for one shell. */
const SHOWN = 5;

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const share = Number(option("share") ?? 1);
const firstSeed = Number(option("seed") ?? Date.now() % 2 ** 31);
const wanted = option("shells")?.split(",") ?? Object.keys(GOALS);

interface Checked {
  readonly item: BatchItem;
  /** Absent where the plan is left to another shell: dash and bash get the same texts, and half of the plans each. */
  readonly planned: BatchItem | undefined;
  readonly predicted: readonly string[] | undefined;
  readonly text: string;
}

/** A text, when it runs without an entry for anything but the programs of the batch. */
function check(text: string, batch: ShellBatch, policy: ReturnType<typeof loadPolicy>): Checked | undefined {
  const parsed = parseShellText(text, "posix");
  if (!parsed.ok) return undefined;
  const argv = [batch.shell, "-c", text];
  const request: RunRequest = {
    argv,
    env: { PATH: batch.bin },
    approved: false,
    needsScreenRecording: false,
  };
  const facts = nodeFacts({ home: batch.cwd, hostCwd: batch.cwd, pathEnv: batch.bin });
  const decision = decide(request, policy, facts);
  if (decision.outcome !== "allow") return undefined;
  const { executable, argv: words, cwd } = decision.plan;
  const planned = executable.startsWith(`${batch.bin}/`) ? undefined : words[2];
  return {
    text,
    item: { cwd: batch.cwd, start: { text } },
    planned: {
      cwd,
      start: planned === undefined ? { argv: [executable, ...words.slice(1)] } : { text: planned },
    },
    predicted: startedBy(parsed.value, batch.cwd),
  };
}

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

async function compare(name: string, path: string | undefined): Promise<Outcome> {
  const goal = Math.ceil((GOALS[name] ?? 0) * share);
  if (path === undefined) {
    console.error(`${name}: not on this machine`);
    return { name, passed: 0, failed: process.env["CI"] === undefined ? 0 : 1 };
  }
  const batch = new ShellBatch(name, path);
  const policy = loadPolicy(
    JSON.stringify({ version: 1, agents: { main: { allowlist: [`${batch.bin}/*`] } } }),
  );
  const startedAt = performance.now();
  const seen = new Set<string>();
  let generated = 0;
  let plain = 0;
  let failed = 0;
  try {
    for (let round = 0; plain < goal; round += 1) {
      // Chains are refused for zsh, so it gets texts of one command.
      const texts = fc.sample(name === "zsh" ? plainTexts : shellTexts, {
        numRuns: GENERATED_AT_ONCE,
        seed: firstSeed + round,
      });
      const checked: Checked[] = [];
      for (const text of new Set(texts)) {
        if (plain + checked.length >= goal) break;
        if (seen.has(text)) continue;
        generated += 1;
        const each = check(text, batch, policy);
        if (each === undefined) continue;
        const ours = (plain + checked.length) % 2 === (name === "bash" ? 1 : 0);
        checked.push(ours ? each : { ...each, planned: undefined });
      }
      for (const { text } of checked) seen.add(text);
      const real = await batch.run(checked.map(({ item }) => item));
      const plans = await batch.run(checked.flatMap((each) => each.planned ?? []));
      let plan = 0;
      for (const [at, { text, predicted, planned }] of checked.entries()) {
        plain += 1;
        const shells = JSON.stringify(real[at]);
        const ours = planned === undefined ? shells : JSON.stringify(plans[plan++]);
        const said = JSON.stringify(predicted ?? real[at]);
        if (ours === shells && said === shells) continue;
        failed += 1;
        if (failed <= SHOWN) {
          console.error(`${name}, seed ${firstSeed + round}: ${JSON.stringify(text)}`);
          console.error(`  the shell ${shells}\n  the plan  ${ours}\n  the parse ${said}`);
        }
      }
      if (Math.floor(plain / TELL_EVERY) > Math.floor((plain - checked.length) / TELL_EVERY)) {
        console.error(`${name}: ${plain} plain texts so far, ${failed} disagreements`);
      }
      if (batch.litter().length > 0) throw new Error(`${name}: files appeared: ${batch.litter().join(", ")}`);
    }
  } finally {
    batch.remove();
  }
  const rate = plain / generated;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  console.log(
    `${name}: ${plain} plain texts of ${generated} (${(rate * 100).toFixed(1)} %), ${failed} disagreements, ${seconds} s`,
  );
  if (rate >= LEAST_PLAIN) return { name, passed: plain - failed, failed };
  console.error(`${name}: fewer than ${LEAST_PLAIN * 100} % of the texts are plain`);
  return { name, passed: plain - failed, failed: failed + 1 };
}

console.log(`seed ${firstSeed}`);
const shells = [...findShells()].filter(([name]) => wanted.includes(name));
const outcomes: Outcome[] = [];
// Two at a time: one generates while the shell of the other one works.
const queue = [...shells];
await Promise.all(
  [0, 1].map(async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      outcomes.push(await compare(...next));
    }
  }),
);
const sum = (key: "passed" | "failed"): number => outcomes.reduce((total, each) => total + each[key], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
