import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { safeFileName } from "../files/file-name.ts";
import { prepareSharedPlace } from "../files/private-place.ts";
import type { SentFile } from "../sent-files.ts";

export interface StagedFiles {
  readonly paths: readonly string[];
  /** The route has read them by its end. */
  readonly remove: () => Promise<void>;
}

/**
 * Puts files that came with a call where a route may take files from, each in a directory of its own, so that two of one
 * name do not meet. Undefined when that place is not safe to use.
 */
export async function stageSentFiles(
  files: readonly SentFile[],
  uploadsDir: string,
): Promise<StagedFiles | undefined> {
  if (!(await prepareSharedPlace(uploadsDir))) return undefined;
  const made: string[] = [];
  const remove = async (): Promise<void> => {
    for (const directory of made)
      await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  };
  const paths: string[] = [];
  try {
    for (const { name, contentBase64 } of files) {
      const directory = await mkdtemp(join(uploadsDir, "sent-"));
      made.push(directory);
      const path = join(directory, safeFileName(name));
      await writeFile(path, Buffer.from(contentBase64, "base64"), { mode: 0o600, flag: "wx" });
      paths.push(path);
    }
    return { paths, remove };
  } catch {
    await remove();
    return undefined;
  }
}
