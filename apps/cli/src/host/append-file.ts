import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync } from "node:fs";
import { StoreError } from "@openclaw/config-store";
import { AUDIT_LINE_LIMITS, chainHash, hashOfLine, sealOf } from "./audit-line.ts";
import { writeProblem } from "./write-problem.ts";

/**
 * Opens a file of ours for lines at its end, owner-only whatever it was before. Links are not followed, and a
 * pipe or a device in its place is refused, not waited for. Throws a StoreError.
 */
export function openAppendable(path: string, what = "audit file"): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const { uid, mode } = checkedFacts(file, path, what);
    if (uid !== undefined && (mode & 0o777) !== 0o600) fchmodSync(file, 0o600);
    return file;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw writeProblem(error, path, `open the ${what}`);
  }
}

function checkedFacts(
  file: number,
  path: string,
  what = "audit file",
): { readonly uid: number | undefined; readonly mode: number } {
  const facts = fstatSync(file);
  const uid = process.getuid?.();
  if (!facts.isFile())
    throw new StoreError("not-a-file", `the ${what} \`${path}\` is not a regular file; move it away`, {
      path,
    });
  if (uid !== undefined && facts.uid !== uid)
    throw new StoreError(
      "foreign-owner",
      `the ${what} \`${path}\` belongs to user id ${facts.uid}, we are ${uid}; move it away, and a new one is begun`,
      { path },
    );
  return { uid, mode: facts.mode };
}

/** Opens an old file of ours for reading; undefined where there is none that can be used. */
export function openOld(path: string): number | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    checkedFacts(file, path);
    return file;
  } catch {
    if (file !== undefined) closeSync(file);
    return undefined;
  }
}

/** Where the chain goes on. */
export interface ChainEnd {
  /** The hash of the last whole line. */
  readonly hash: string;
  readonly n: number;
  /** The hash of the part of a line behind it, when there is one. */
  readonly torn: string | undefined;
  /** Has the last line no line end? */
  readonly open: boolean;
}

/** The end of the chain in a file; undefined in an empty one. */
export function chainEndOf(file: number): ChainEnd | undefined {
  const { size } = fstatSync(file);
  if (size === 0) return undefined;
  const buffer = Buffer.alloc(Math.min(size, AUDIT_LINE_LIMITS.lineBytes));
  const length = readSync(file, buffer, 0, buffer.length, size - buffer.length);
  const lines = buffer.toString("utf8", 0, length).split("\n");
  const rest = lines.pop() ?? "";
  // A line may have lost nothing but its end.
  const whole = sealOf(rest)?.holds === true ? rest : undefined;
  const torn = rest === "" || whole !== undefined ? [] : [rest];
  // What follows the last line of ours was cut short, once or more often; the next line says what it was.
  const at = whole === undefined ? lines.findLastIndex((line) => sealOf(line) !== undefined) : lines.length;
  const last = whole ?? lines[at];
  const cut = [...lines.slice(at + 1), ...torn];
  return {
    hash: last === undefined ? "" : hashOfLine(last),
    n: last === undefined ? 0 : numberOf(last),
    torn: cut.length === 0 ? undefined : chainHash(cut.join("\n")),
    open: rest !== "",
  };
}

function numberOf(line: string): number {
  try {
    const { n }: { readonly n?: unknown } = JSON.parse(line);
    return typeof n === "number" && Number.isSafeInteger(n) && n > 0 ? n : 0;
  } catch {
    return 0;
  }
}
