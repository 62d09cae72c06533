import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync } from "node:fs";
import { StoreError } from "@openclaw/config-store";
import { writeProblem } from "./write-problem.ts";

/** How much of the end is read to find the last line; bytes. */
const TAIL_BYTES = 131_072;

/**
 * Opens a file of ours for lines at its end, owner-only whatever it was before. Links are not followed, and a
 * pipe or a device in its place is refused, not waited for. Throws a StoreError.
 */
export function openAppendable(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const { uid, mode } = checkedFacts(file, path);
    if (uid !== undefined && (mode & 0o777) !== 0o600) fchmodSync(file, 0o600);
    return file;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw writeProblem(error, path, "open the audit file");
  }
}

function checkedFacts(
  file: number,
  path: string,
): { readonly uid: number | undefined; readonly mode: number } {
  const facts = fstatSync(file);
  const uid = process.getuid?.();
  if (!facts.isFile())
    throw new StoreError("not-a-file", `the audit file \`${path}\` is not a regular file; move it away`, {
      path,
    });
  if (uid !== undefined && facts.uid !== uid)
    throw new StoreError(
      "foreign-owner",
      `the audit file \`${path}\` belongs to user id ${facts.uid}, we are ${uid}; move it away, and a new one is begun`,
      { path },
    );
  return { uid, mode: facts.mode };
}

export interface LastLine {
  /** The last whole line; undefined in an empty file. */
  readonly line: string | undefined;
  /** Is there a part of a line behind it? */
  readonly torn: boolean;
}

export function lastLineOf(file: number): LastLine {
  const { size } = fstatSync(file);
  if (size === 0) return { line: undefined, torn: false };
  const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const length = readSync(file, buffer, 0, buffer.length, size - buffer.length);
  const lines = buffer.toString("utf8", 0, length).split("\n");
  const rest = lines.pop() ?? "";
  return { line: lines.findLast((line) => line !== ""), torn: rest !== "" };
}
