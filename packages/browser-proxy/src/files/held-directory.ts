import { constants, existsSync } from "node:fs";
import { lstat, mkdir, open, realpath } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { reasonOfSystemError } from "./file-refusal.ts";
import type { FileReason } from "./file-refusal.ts";
import { isOwnWay } from "./private-place.ts";

/** A directory that stays the same one while it is held, whatever is moved or linked around it. */
export interface HeldDirectory {
  readonly ok: true;
  /** The path of an entry, for system calls that do not follow a last link. */
  readonly at: (name: string) => string;
  /** Whether what was opened through `at` cannot have come from elsewhere. */
  readonly isSame: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

type Held = HeldDirectory | { readonly ok: false; readonly reason: FileReason };

export interface HoldOptions {
  /** Makes missing directories, for their owner only. */
  readonly create?: boolean;
  /** Whether directories are entered by descriptor. Linux can; elsewhere they are looked at before and after. */
  readonly byDescriptor?: boolean;
}

const flags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Enters `parts` below `root` one by one, without ever following a link. The root must be ours, no link, writable by nobody
 * else, and nobody else may be able to exchange it. Failure is one of `foreign-place`, `outside`, `not-found`, `bad-path`, `unusable`.
 */
export async function holdDirectory(
  root: string,
  parts: readonly string[],
  options: HoldOptions = {},
): Promise<Held> {
  const byDescriptor = options.byDescriptor ?? existsSync("/proc/self/fd");
  try {
    if (!isOurs(await lstat(root)) || !(await isOwnWay(dirname(root))))
      return { ok: false, reason: "foreign-place" };
    const real = await realpath(root);
    return await (byDescriptor ? enterByDescriptor(real, parts, options) : enterByPath(real, parts, options));
  } catch (error) {
    return { ok: false, reason: reasonOfSystemError(error) };
  }
}

async function enterByDescriptor(
  root: string,
  parts: readonly string[],
  { create }: HoldOptions,
): Promise<Held> {
  let handle: FileHandle = await open(root, flags);
  try {
    if (!isOurs(await handle.stat())) {
      await handle.close();
      return { ok: false, reason: "foreign-place" };
    }
    for (const part of parts) {
      const path = `/proc/self/fd/${String(handle.fd)}/${part}`;
      if (create === true) await makeDirectory(path);
      const next = await open(path, flags);
      await handle.close();
      handle = next;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  const held = handle;
  return {
    ok: true,
    at: (name) => `/proc/self/fd/${String(held.fd)}/${name}`,
    isSame: () => Promise.resolve(true),
    close: () => held.close(),
  };
}

async function enterByPath(root: string, parts: readonly string[], { create }: HoldOptions): Promise<Held> {
  const seen: { readonly path: string; readonly id: string }[] = [];
  for (const index of [-1, ...parts.keys()]) {
    const path = join(root, ...parts.slice(0, index + 1));
    if (create === true && index >= 0) await makeDirectory(path);
    const facts = await lstat(path, { bigint: true });
    if (facts.isSymbolicLink()) return { ok: false, reason: "outside" };
    if (!facts.isDirectory()) return { ok: false, reason: "not-found" };
    seen.push({ path, id: `${String(facts.dev)}:${String(facts.ino)}` });
  }
  const directory = join(root, ...parts);
  const isSame = async (): Promise<boolean> => {
    for (const { path, id } of seen) {
      const facts = await lstat(path, { bigint: true }).catch(() => undefined);
      if (facts === undefined || `${String(facts.dev)}:${String(facts.ino)}` !== id) return false;
    }
    return true;
  };
  return { ok: true, at: (name) => join(directory, name), isSame, close: () => Promise.resolve() };
}

async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // What stands there already is judged when it is entered.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

function isOurs(facts: { uid: number; mode: number; isDirectory: () => boolean }): boolean {
  const uid = process.getuid?.();
  return facts.isDirectory() && (uid === undefined || (facts.uid === uid && (facts.mode & 0o022) === 0));
}
