import { randomUUID } from "node:crypto";
import { lstat, open, readFile, rename, rm, unlink } from "node:fs/promises";
import { join } from "node:path";

import { initialPreferences } from "../browser/browser-profile.ts";
import type { BrowserProfile } from "../browser/browser-profile.ts";
import { preparePlace } from "../files/private-place.ts";
import { browserProxyLimits } from "../limits.ts";

type Tree = Readonly<Record<string, unknown>>;

/**
 * Puts our preferences into a user data directory before each start, over what the browser has written there, so that
 * nothing that was changed meanwhile opens it. False when the directory is not safe to use.
 */
export async function writePreferences(
  userDataDir: string,
  profile: Pick<BrowserProfile, "name" | "color">,
): Promise<boolean> {
  const directory = join(userDataDir, "Default");
  if (!(await preparePlace(directory))) return false;
  const path = join(directory, "Preferences");
  const merged = mergedTree(await presentPreferences(path), { ...initialPreferences(profile) });
  // An older list of the browser's own would be merged, not replaced.
  await rm(join(directory, "Secure Preferences"), { force: true });
  const partial = join(directory, `.${randomUUID()}.part`);
  try {
    const handle = await open(partial, "wx", 0o600);
    try {
      await handle.writeFile(JSON.stringify(merged));
    } finally {
      await handle.close();
    }
    await rename(partial, path);
    return true;
  } catch {
    await unlink(partial).catch(() => undefined);
    return false;
  }
}

/** Nothing for a file that is absent, too large or broken: the browser would begin anew as well. */
async function presentPreferences(path: string): Promise<Tree> {
  try {
    const facts = await lstat(path);
    if (!facts.isFile() || facts.size > browserProxyLimits.preferencesBytes) return {};
    const read: unknown = JSON.parse(await readFile(path, "utf8"));
    return isTree(read) ? read : {};
  } catch {
    return {};
  }
}

/** Ours wins at every leaf; lists are leaves. */
function mergedTree(present: Tree, ours: Tree): Tree {
  const merged: Record<string, unknown> = { ...present };
  for (const [key, value] of Object.entries(ours)) {
    const there = Object.hasOwn(present, key) ? present[key] : undefined;
    merged[key] = isTree(value) ? mergedTree(isTree(there) ? there : {}, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
