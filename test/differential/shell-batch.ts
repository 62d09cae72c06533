import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STUBS } from "../../packages/approvals/src/testing/shell-lab.test.support.ts";

/** One thing for a shell to start. */
export interface BatchItem {
  readonly cwd: string;
  /** Text for the shell itself, or the words of a program. */
  readonly start: { readonly text: string } | { readonly argv: readonly string[] };
}

/** Milliseconds that one batch may take. */
const BATCH_MS = 120_000;

/** Notes number, count of arguments, name, arguments and directory, in one write. */
const STUB = `#!/bin/sh
printf '%s\\0' "$N" "$#" "\${0##*/}" "$@" "$PWD" >> "$RECORDS"
case "\${0##*/}" in no*) exit 1;; esac
`;

/** Programs that note what they were given, and one empty directory to start them in. */
export class ShellBatch {
  readonly #root: string = realpathSync.native(mkdtempSync(join(tmpdir(), "approvals-batch-")));
  readonly bin: string = join(this.#root, "bin");
  readonly cwd: string = join(this.#root, "empty");
  /** Path of the shell; busybox under the name of a shell. */
  readonly shell: string;

  constructor(name: string, path: string) {
    for (const directory of [this.bin, this.cwd]) mkdirSync(directory);
    for (const stub of STUBS) {
      writeFileSync(join(this.bin, stub), STUB);
      chmodSync(join(this.bin, stub), 0o755);
    }
    this.shell = path;
    if (name !== "busybox") return;
    this.shell = join(this.#root, "ash");
    symlinkSync(path, this.shell);
  }

  /** For each item the argvs that it started, sorted, each with its directory. */
  async run(items: readonly BatchItem[]): Promise<readonly (readonly string[])[]> {
    const records = join(this.#root, "records");
    const script = join(this.#root, "script");
    writeFileSync(records, "");
    writeFileSync(script, `export N\n${items.map(scriptLine).join("")}`);
    const env = { PATH: this.bin, LC_ALL: "C.UTF-8", RECORDS: records };
    const child = spawn(this.shell, [script], {
      cwd: this.cwd,
      env,
      stdio: ["ignore", "ignore", "ignore"],
      timeout: BATCH_MS,
    });
    const ended = await new Promise<string | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (_code, signal) => resolve(signal));
    });
    if (ended !== null) throw new Error(`a batch of ${items.length} in ${this.shell} ended by ${ended}`);
    return readRecords(readFileSync(records, "utf8"), items.length);
  }

  /** Files that appeared in the empty directory. */
  litter(): readonly string[] {
    return readdirSync(this.cwd);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** `eval` reads a text as `-c` does. What is plain changes nothing but the directory, so one shell does for all. */
function scriptLine({ cwd, start }: BatchItem, number: number): string {
  const what =
    "text" in start ? `eval ${quoted(start.text)}` : start.argv.map((word) => quoted(word)).join(" ");
  return `cd ${quoted(cwd)} && N=${number} && ${what}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function readRecords(text: string, count: number): readonly (readonly string[])[] {
  const started: string[][] = Array.from({ length: count }, () => []);
  const fields = text.split("\0");
  for (let at = 0; at + 1 < fields.length;) {
    const length = Number(fields[at + 1]) + 2;
    started[Number(fields[at])]?.push(JSON.stringify(fields.slice(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return started.map((each) => each.toSorted());
}

/** The shells that are compared with, and where they lie; absent ones have no path. */
export function findShells(): ReadonlyMap<string, string | undefined> {
  const find = (name: string): string | undefined =>
    [`/bin/${name}`, `/usr/bin/${name}`].find((path) => existsSync(path));
  return new Map(["dash", "bash", "zsh", "busybox"].map((name) => [name, find(name)]));
}
