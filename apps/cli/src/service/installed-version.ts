import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const MANIFEST_BYTES = 65_536;

/** The version of the package that an entry file belongs to; undefined when it is not one of ours or is gone. */
export function versionAt(entry: string): string | undefined {
  try {
    const manifest = join(dirname(dirname(realpathSync(entry))), "package.json");
    if (statSync(manifest).size > MANIFEST_BYTES) return undefined;
    const content = Object(JSON.parse(readFileSync(manifest, "utf8")));
    const [name, version]: unknown[] = [Reflect.get(content, "name"), Reflect.get(content, "version")];
    return name === "@openclaw/node" && typeof version === "string" ? version.slice(0, 80) : undefined;
  } catch {
    return undefined;
  }
}

/** The script that a service's command line runs: the first word behind the runtime and its options. */
export function entryOf(programArguments: readonly string[]): string | undefined {
  return programArguments.slice(1).find((word) => !word.startsWith("-"));
}
