import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decide } from "../decide.ts";
import { loadPolicy } from "../policy/load.ts";
import { nodeFacts } from "../testing/node-facts.test.support.ts";
import { makeShellLab, type ShellLab } from "../testing/shell-lab.test.support.ts";
import { shellTexts, startedBy } from "../testing/shell-text.test.support.ts";
import { parseShellText } from "./parse.ts";

const NAMES = process.env["OPENCLAW_DIFFERENTIAL_SHELLS"]?.split(",");
const RUNS = Number(process.env["OPENCLAW_DIFFERENTIAL_RUNS"] ?? 300);
/** Processes at the same time. */
const LANES = 4;

const corpus = JSON.parse(
  readFileSync(new URL("../fixtures/shell-texts.json", import.meta.url), "utf8"),
) as readonly string[];

let lab: ShellLab;
beforeAll(() => {
  lab = makeShellLab();
});
afterAll(() => {
  lab.remove();
});

test("what is allowed starts the programs that real shells start", { timeout: 3_600_000 }, async () => {
  const seed = Number(process.env["OPENCLAW_DIFFERENTIAL_SEED"] ?? Date.now() % 2 ** 31);
  // Texts on which shells differ, or that once were read wrongly, are part of every run.
  const texts = [...corpus, ...fc.sample(shellTexts, { numRuns: RUNS, seed })];
  const policy = loadPolicy(
    JSON.stringify({ version: 1, agents: { main: { allowlist: [`${lab.bin}/*`] } } }),
  );
  const facts = nodeFacts({ home: lab.cwd, hostCwd: lab.cwd, pathEnv: lab.bin });
  const shells = lab.shells.filter((shell) => NAMES?.includes(basename(shell)) ?? true);
  const plain = new Map<string, number>();

  const check = async (text: string): Promise<void> => {
    const parsed = parseShellText(text, "posix");
    for (const shell of shells) {
      const argv = [shell, "-c", text];
      const request = { argv, env: { PATH: lab.bin }, approved: false, needsScreenRecording: false };
      const decision = decide(request, policy, facts);
      if (decision.outcome !== "allow" || !parsed.ok) continue;
      plain.set(shell, (plain.get(shell) ?? 0) + 1);
      const { executable, argv: planned, cwd } = decision.plan;
      const real = await lab.run(shell, argv);
      const where = `seed ${seed}, ${shell}: ${JSON.stringify(text)}`;
      expect(await lab.run(executable, planned, cwd), where).toEqual(real);
      const predicted = startedBy(parsed.value, lab.cwd);
      expect(real, where).toEqual(predicted ?? real);
      expect(lab.litter(), where).toEqual([]);
    }
  };

  const queue = [...new Set(texts)];
  const work = async (): Promise<void> => {
    for (let text = queue.pop(); text !== undefined; text = queue.pop()) await check(text);
  };
  const checked = queue.length;
  await Promise.all(Array.from({ length: LANES }, work));
  for (const shell of shells) {
    // Chains are refused for zsh, so fewer of its texts run.
    const least = basename(shell) === "zsh" ? 0.1 : 0.3;
    expect((plain.get(shell) ?? 0) / checked, shell).toBeGreaterThan(least);
  }
  if (process.env["OPENCLAW_DIFFERENTIAL_RUNS"] !== undefined) {
    const counts = shells.map((shell) => `${basename(shell)} ${plain.get(shell) ?? 0}`);
    process.stdout.write(
      `differential: seed ${seed}, ${checked} texts; run and compared: ${counts.join(", ")}\n`,
    );
  }
});
