import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Programs that note their arguments; the ones that begin with `no` fail. */
export const STUBS: readonly string[] = ["ok", "no", "tool", "a-b.c", "ü", "t%", "x~1", "no+2", "@x,y"];

const SHELLS = ["/bin/dash", "/bin/bash", "/bin/zsh", "/bin/ash"];

/** Each process writes one file, so that the parts of a pipe cannot write into each other. */
const STUB = `#!/bin/sh
for argument in "\${0##*/}" "$@" "$(pwd -P)"; do
  printf '%s\\0' "$argument"
done > "$RECORDS/$$"
case "\${0##*/}" in no*) exit 1;; esac
`;

/** Programs to start, an empty directory to start them in, and what they noted. */
export interface ShellLab {
  readonly bin: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Shells of this machine; `ash` is a link to a multi-call file. */
  readonly shells: readonly string[];
  /** Starts one program and answers what was noted, sorted: each argv with its directory. */
  run(executable: string, argv: readonly string[], cwd?: string): Promise<readonly string[]>;
  /** Files that appeared in the empty directory. */
  litter(): readonly string[];
  remove(): void;
}

export function makeShellLab(): ShellLab {
  const root = realpathSync.native(mkdtempSync(join(tmpdir(), "approvals-lab-")));
  const bin = join(root, "bin");
  const cwd = join(root, "empty");
  for (const directory of [bin, cwd]) mkdirSync(directory);
  for (const name of STUBS) {
    writeFileSync(join(bin, name), STUB);
    chmodSync(join(bin, name), 0o755);
  }
  const shells = SHELLS.filter((path) => existsSync(path));
  const env = { PATH: bin, LC_ALL: "C.UTF-8" };
  let runs = 0;
  return {
    bin,
    cwd,
    env,
    shells,
    run: async (executable, argv, directory = cwd) => {
      runs += 1;
      const records = join(root, `records-${runs}`);
      mkdirSync(records);
      const child = spawn(executable, argv.slice(1), {
        argv0: argv[0] ?? executable,
        cwd: directory,
        env: { ...env, RECORDS: records },
        stdio: "ignore",
      });
      await new Promise<void>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", () => {
          resolve();
        });
      });
      const noted = readdirSync(records).map((name) => readFileSync(join(records, name), "utf8"));
      rmSync(records, { recursive: true });
      return noted.map((text) => JSON.stringify(text.split("\0").slice(0, -1))).toSorted();
    },
    litter: () => readdirSync(cwd),
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
