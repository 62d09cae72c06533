import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPlainAwkProgram } from "./awk.ts";
import { isPlainSedScript } from "./sed.ts";

const RUNS = Number(process.env["OPENCLAW_DIFFERENTIAL_RUNS"] ?? 200);
const SEED = Number(process.env["OPENCLAW_DIFFERENTIAL_SEED"] ?? Date.now() % 2 ** 31);

let directory: string;
beforeAll(() => {
  directory = realpathSync.native(mkdtempSync(join(tmpdir(), "approvals-tools-")));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Feeds two lines to a program in an empty directory; answers what it complained of. */
async function complaints(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { cwd: directory, stdio: ["pipe", "ignore", "pipe"], timeout: 2000 });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end("abc e\nw /x/ a\n");
  await new Promise<void>((resolve) => {
    child.on("error", () => {
      resolve();
    });
    child.on("close", () => {
      resolve();
    });
  });
  return text;
}

const pieces = (text: string): fc.Arbitrary<string> => fc.constantFrom(...text.split("¦"), " ", "\n");
const joined = (piece: fc.Arbitrary<string>, least: number): fc.Arbitrary<string> =>
  fc.array(piece, { minLength: least, maxLength: 9 }).map((parts) => parts.join(""));

const sedScripts = joined(
  pieces(
    "s/a/b/¦s/[/]/x/¦s/[^]/]/x/g¦s/[[:alpha:]/]/x/e¦s,a,e,¦s/\\//x/¦/a/¦/[/]/¦\\,b,¦1¦$¦2,3¦1~2¦!¦p¦d¦{¦}¦;¦e¦w f¦W f¦e touch x¦s/a/b/w f¦s/a/b/e¦a\\¦a text¦i e¦c w f¦y/ab/cd/¦b¦b x¦:x¦t;¦N;P;D¦=¦q5¦#¦#n¦\\¦/¦[¦]¦l 5¦ge¦I¦M¦,+2",
  ),
  1,
);
const awkPrograms = joined(
  pieces(
    '{¦}¦print¦print $1¦printf "x"¦(¦)¦/¦/a/¦/[/]/¦/"/¦"¦"a"¦"|"¦|¦||¦| "touch x"¦> "x"¦>> "x"¦>¦>=¦system("touch x")¦sys¦tem¦system¦getline¦"touch x" | getline¦;¦,¦$1¦NR¦1¦2¦+¦++¦--¦-¦*¦%¦~¦!¦=¦==¦<¦?¦:¦#¦\\¦BEGIN¦END¦if¦else¦return¦length¦in¦a[1]¦[¦]¦f(¦x¦&&¦. ',
  ),
  2,
);

async function checkAll(
  texts: readonly string[],
  check: (text: string) => Promise<boolean>,
): Promise<number> {
  const queue = [...new Set(texts)];
  let compared = 0;
  const work = async (): Promise<void> => {
    for (let text = queue.pop(); text !== undefined; text = queue.pop()) if (await check(text)) compared += 1;
  };
  await Promise.all([work(), work()]);
  return compared;
}

test("a plain script is one that sed runs in its sandbox", { timeout: 3_600_000 }, async () => {
  const compared = await checkAll(fc.sample(sedScripts, { numRuns: RUNS, seed: SEED }), async (text) => {
    if (!isPlainSedScript(text)) return false;
    const said = await complaints("sed", ["--sandbox", text]);
    expect(said, `seed ${SEED}: ${JSON.stringify(text)}`).not.toContain("sandbox");
    return true;
  });
  expect(compared / RUNS).toBeGreaterThan(0.02);
  if (RUNS > 1000) process.stdout.write(`sed: seed ${SEED}, ${compared} of ${RUNS} plain\n`);
});

test("a plain program starts nothing and writes nothing", { timeout: 3_600_000 }, async () => {
  const compared = await checkAll(fc.sample(awkPrograms, { numRuns: RUNS, seed: SEED }), async (text) => {
    if (!isPlainAwkProgram(text)) return false;
    await complaints("awk", [text]);
    expect(readdirSync(directory), `seed ${SEED}: ${JSON.stringify(text)}`).toEqual([]);
    return true;
  });
  expect(compared / RUNS).toBeGreaterThan(0.02);
  if (RUNS > 1000) process.stdout.write(`awk: seed ${SEED}, ${compared} of ${RUNS} plain\n`);
});
