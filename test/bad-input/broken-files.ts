// Ways in which a file of ours can be broken, and how each is made.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cleanEnv } from "../scenarios/node-process.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ??
  fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const AM_ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;

/** For root no file is unreadable, so root gives that power up. */
const PLAIN_USER: readonly string[] = AM_ROOT
  ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
  : [];

/** Runs one command of ours to its end as somebody to whom file modes apply. */
export async function runPlain(
  args: readonly string[],
  stateDir: string,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const [program = "", ...rest] = [...PLAIN_USER, process.execPath, ENTRY, ...args];
  const child = spawn(program, rest, { env: cleanEnv(stateDir), stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

export type Breakage = readonly [what: string, make: (path: string) => void, text: string];

const write =
  (text: string | Buffer, mode = 0o600) =>
  (path: string): void => {
    writeFileSync(path, text);
    chmodSync(path, mode);
  };

/** What no file of ours may be, whatever it holds. */
export const ODD_FILES: readonly Breakage[] = [
  ["a link", (path) => symlinkSync("/etc/hostname", path), "is a symbolic link, which is not followed"],
  ["a link to nowhere", (path) => symlinkSync("/nowhere", path), "is a symbolic link"],
  ["a directory", (path) => mkdirSync(path), "is not a regular file"],
  ["a pipe", (path) => void execFileSync("mkfifo", ["-m", "600", path]), "is not a regular file"],
  ["unreadable", write("{}", 0o000), "could not read"],
  ["writable by everybody", write("{}", 0o666), "can be changed by other users (mode 0666)"],
  ["no UTF-8", write(Buffer.from([0x22, 0xff, 0x22])), "is not UTF-8 text"],
  ["endless", write(Buffer.alloc(5 * 1024 * 1024, 0x20)), "is larger than"],
  // Only root can give a file away.
  ...(AM_ROOT
    ? [
        [
          "somebody else's",
          (path: string) => {
            write("{}", 0o644)(path);
            chownSync(path, NOBODY, NOBODY);
          },
          "belongs to user id 65534, we are 0",
        ] as const,
      ]
    : []),
];

/** What no state directory may be. */
export const ODD_DIRECTORIES: readonly Breakage[] = [
  ["a file", write(""), "is not a directory; move it away"],
  ["a link", (path) => symlinkSync("/tmp", path), "is a symbolic link, which is not followed"],
  [
    "writable by everybody",
    (path) => {
      mkdirSync(path);
      chmodSync(path, 0o777);
    },
    "can be filled by every user (mode 0777)",
  ],
  [
    "a common one",
    (path) => {
      mkdirSync(path);
      chmodSync(path, 0o1777);
    },
    "holds other things too, so it cannot be the state directory; nothing was changed",
  ],
  AM_ROOT
    ? [
        "somebody else's",
        (path) => {
          mkdirSync(path);
          chownSync(path, NOBODY, NOBODY);
        },
        "belongs to user id 65534, we are 0",
      ]
    : [
        "somebody else's",
        (path) => {
          rmSync(path, { force: true });
          symlinkSync("/", path);
        },
        "is a symbolic link",
      ],
];
