import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The first version whose actions end when they are told to. */
export const OLDEST_PLAYWRIGHT = "1.65";

/** The version that would be loaded; undefined where none is installed, `unknown` where it does not say. */
export function installedPlaywright(): string | undefined {
  try {
    const path = createRequire(import.meta.url).resolve("playwright-core/package.json");
    const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
    const version: unknown =
      typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, "version") : undefined;
    return typeof version === "string" ? version : "unknown";
  } catch {
    return undefined;
  }
}

/** With an older one a call that is over would go on in the page. */
export function isTooOldPlaywright(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".", 2).map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_PLAYWRIGHT.split(".").map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
