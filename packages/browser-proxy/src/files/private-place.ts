import { chmod, lstat, mkdir, readlink, realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";

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

/** Like `preparePlace`, in a directory that is shared: false as well when somebody else could exchange a level above. */
export async function prepareSharedPlace(path: string): Promise<boolean> {
  const parent = dirname(path);
  const isOurs = async (): Promise<boolean> => isOwnWay(parent).catch((error: unknown) => isMissing(error));
  return (await isOurs()) && (await preparePlace(path)) && (await isOurs());
}

/**
 * Whether nobody but us and root can exchange a directory or a level above it: each belongs to one of both, and others
 * cannot write there, or only beside it (sticky). Links of both are followed. Throws when a level is missing.
 */
export async function isOwnWay(path: string, links = 8): Promise<boolean> {
  const uid = process.getuid?.();
  if (uid === undefined) return true;
  const parent = dirname(path);
  if (links === 0 || (parent !== path && !(await isOwnWay(parent, links)))) return false;
  const facts = await lstat(path);
  if (facts.uid !== uid && facts.uid !== 0) return false;
  if (facts.isSymbolicLink())
    return isOwnWay(resolve(await realpath(parent), await readlink(path)), links - 1);
  return (facts.mode & 0o022) === 0 || (facts.mode & 0o1000) !== 0;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
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
