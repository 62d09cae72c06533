import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { systemErrorCode } from "./errors.ts";
import { checkFileOwner, currentSelf } from "./file-facts.ts";
import { prepareParentDir } from "./private-directory.ts";
import { writeFailure } from "./write-failure.ts";

export interface WriteStateFileOptions {
  /** Permission bits, default 0o600, whatever the umask. */
  readonly mode?: number;
  /** What the file is, for messages. */
  readonly what?: string;
}

/**
 * Replaces the whole file at once: whoever reads sees the old text or the new, also after a crash or a power cut. The
 * parent directory is made with mode 0700 when it is absent. Throws `symlink`, `not-a-file`, `foreign-owner`,
 * `writable-by-others` (for what stands there now or for its directory), `disk-full`, `not-writable`, `write-failed`;
 * the old file is then untouched and no temporary file is left.
 */
export async function writeStateFile(
  path: string,
  text: string,
  options: WriteStateFileOptions = {},
): Promise<void> {
  const { mode = 0o600, what = "file" } = options;
  const parent = dirname(path);
  const temporary = join(parent, `.${basename(path)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    prepareParentDir(path);
    checkReplaceable(path, what);
    await writeNew(temporary, text, mode);
    await rename(temporary, path);
    await syncDirectory(parent);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(error, path, `write the ${what}`);
  }
}

function checkReplaceable(path: string, what: string): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts !== undefined) checkFileOwner(facts, path, what, currentSelf());
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text, "utf8");
    // The umask may have taken bits away from the mode given at creation.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this the new name may be lost in a power cut. Some file systems and Windows cannot; the text is safe anyway. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "EINVAL" && code !== "ENOTSUP" && code !== "EPERM") throw error;
  } finally {
    await directory.close();
  }
}
