import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const START = fileURLToPath(new URL("../commands/node-run.ts", import.meta.url));

/** What a file loads at once: no types, and nothing that is imported when it is needed. */
function loadedBy(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gmsu)];
  // An import whose names are all types is taken away.
  const values = found.filter(
    ([whole]) => !/^(?:import|export) \{(?:\s*type [^,}]+,?)*\s*\} from/u.test(whole),
  );
  return values.map((match) => match[1] ?? "");
}

it("a host loads nothing of the browser before the first call", () => {
  const seen = new Set([START]);
  const packages = new Set<string>();
  for (const file of seen) {
    for (const name of loadedBy(file)) {
      if (!name.startsWith(".")) packages.add(name);
      else if (existsSync(join(dirname(file), name))) seen.add(join(dirname(file), name));
    }
  }
  expect(packages).toContain("@openclaw/config-store");
  expect(packages).not.toContain("@openclaw/browser-proxy");
  const ours = [...seen]
    .filter((file) => file.includes("/src/browser/"))
    .map((file) => file.split("/").at(-1));
  expect(new Set(ours)).toEqual(new Set(["host-browser.ts", "offers-browser.ts", "serve-browser.ts"]));
  expect([...seen].some((file) => file.endsWith("/handlers/browser-proxy.ts"))).toBe(false);
});
