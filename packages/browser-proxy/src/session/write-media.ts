import { randomUUID } from "node:crypto";
import { lstat, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { preparePlace } from "../files/private-place.ts";
import { browserProxyLimits } from "../limits.ts";

/** Writes a picture or a document of ours, and forgets the oldest ones. Undefined when the place is not safe to use. */
export async function writeMedia(
  directory: string,
  bytes: Uint8Array,
  extension: string,
): Promise<string | undefined> {
  if (!(await preparePlace(directory))) return undefined;
  await forgetOldest(directory);
  const path = join(directory, `${randomUUID()}.${extension}`);
  await writeFile(path, bytes, { flag: "wx", mode: 0o600 });
  return path;
}

const ownName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:png|jpg|pdf|zip)$/;

async function forgetOldest(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => ownName.test(name));
  if (names.length < browserProxyLimits.mediaFiles) return;
  const dated = await Promise.all(
    names.map(async (name) => {
      const facts = await lstat(join(directory, name)).catch(() => undefined);
      return { name, at: facts?.mtimeMs ?? 0 };
    }),
  );
  dated.sort((one, other) => one.at - other.at);
  for (const { name } of dated.slice(0, dated.length - browserProxyLimits.mediaFiles + 1))
    await rm(join(directory, name), { force: true });
}
