import { chmod, lstat, mkdir, realpath } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory of ours (mode 0700 whatever the umask) and missing parents, or tightens one that is ours already.
 * False when it is a link, no directory, or somebody else's: in a shared place anybody may have been there first.
 */
export async function preparePlace(path: string): Promise<boolean> {
  try {
    await makeMissing(path);
    const facts = await lstat(path);
    const uid = process.getuid?.();
    if (!facts.isDirectory() || (uid !== undefined && facts.uid !== uid)) return false;
    if (uid !== undefined && (facts.mode & 0o777) !== 0o700) await chmod(path, 0o700);
    return true;
  } catch {
    return false;
  }
}

/** The ways in which a place may stand at the front of a path: as it was named, and as it really is. */
export async function rootSpellings(root: string): Promise<readonly string[]> {
  const real = await realpath(root).catch(() => root);
  return real === root ? [root] : [root, real];
}

/** Level by level, because a strict umask would lock us out of a level just made. */
async function makeMissing(path: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) !== undefined) return;
  if (dirname(path) === path) return;
  await makeMissing(dirname(path));
  try {
    await mkdir(path, { mode: 0o700 });
    await chmod(path, 0o700);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
