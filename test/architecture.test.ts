import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The picture of README.md: who may import whom. Arrows run down only. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "packages/protocol": [],
  "packages/config-store": [],
  "packages/service-installer": [],
  "packages/gateway-connection": ["protocol"],
  "packages/approvals": ["protocol"],
  "packages/executor": ["protocol"],
  "packages/browser-proxy": ["protocol"],
  "packages/dev-gateway": ["protocol"],
  "apps/cli": [
    "approvals",
    "browser-proxy",
    "config-store",
    "dev-gateway",
    "executor",
    "gateway-connection",
    "protocol",
    "service-installer",
  ],
};

/** Packages that exist as contract and first slice, and are not yet used by whoever may import them. */
const NOT_YET_USED: Readonly<Record<string, readonly string[]>> = {
  "packages/browser-proxy": ["protocol"],
};

const MAX_LINES = 300;
const VAGUE_NAMES = /^(utils?|helpers?|common|manager|types)\.ts$/u;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function shipped(folder: string): string[] {
  return filesOf(join(folder, "src")).filter((file) => !/\.test\.|test\.support/u.test(file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/gu)].map((match) => match[1] ?? "");
}

function ours(names: readonly string[]): string[] {
  const found = names
    .filter((name) => name.startsWith("@openclaw/"))
    .map((name) => name.slice("@openclaw/".length));
  return [...new Set(found)].toSorted();
}

describe("toolchain", () => {
  it("runs on the Node that the lockfile brings", () => {
    expect(process.version).toBe("v24.21.0");
  });
});

describe.each(Object.entries(ARROWS))("%s", (folder, allowed) => {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
  const unused = NOT_YET_USED[folder] ?? [];

  it("declares exactly the arrows of the picture", () => {
    const declared = ours([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.devDependencies ?? {}),
    ]);
    expect(declared.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(allowed.filter((name) => !declared.includes(name) && !unused.includes(name))).toEqual([]);
  });

  it("imports exactly what it declares", () => {
    const imported = ours(shipped(folder).flatMap(importsOf));
    expect(imported).toEqual(allowed.filter((name) => !unused.includes(name)).toSorted());
  });

  it("keeps files small and named after their job", () => {
    const files = filesOf(join(folder, "src"));
    const tooLong = files.filter(
      (file) => readFileSync(join(ROOT, file), "utf8").split("\n").length > MAX_LINES + 1,
    );
    expect(tooLong).toEqual([]);
    expect(
      files.filter((file) => VAGUE_NAMES.test(basename(file)) || !/^[a-z0-9.-]+$/u.test(basename(file))),
    ).toEqual([]);
    const sizes = shipped(folder).map((file) => readFileSync(join(ROOT, file), "utf8").split("\n").length);
    const median = sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
    expect(median).toBeLessThan(110);
  });

  it("has no enums, default exports or parameter properties", () => {
    for (const file of shipped(folder)) {
      const text = readFileSync(join(ROOT, file), "utf8");
      expect(text, file).not.toMatch(/^export default |^(export )?(const )?enum |^(export )?namespace /mu);
    }
  });
});

describe("public surfaces", () => {
  it.each(Object.keys(ARROWS).filter((folder) => folder.startsWith("packages/")))(
    "%s/src/index.ts: a contract of two lines, then named exports",
    (folder) => {
      const lines = readFileSync(join(ROOT, folder, "src/index.ts"), "utf8").split("\n");
      expect(lines[0]).toMatch(/^\/\/ /u);
      expect(lines[1]).toMatch(/^\/\/ /u);
      expect(lines[2]).toMatch(/^export |^$/u);
      expect(lines.join("\n")).not.toMatch(/export \*/u);
    },
  );

  it("protocol uses no Node built-in and does nothing at import but make schemas", () => {
    for (const file of shipped("packages/protocol")) {
      expect(
        importsOf(file).filter((name) => !name.startsWith(".") && !/^zod\b/u.test(name)),
        file,
      ).toEqual([]);
      expect(readFileSync(join(ROOT, file), "utf8"), file).not.toMatch(/\bprocess\.|\bBuffer\b|console\./u);
    }
  });

  it("nothing of the running host imports the development Gateway", () => {
    const importers = shipped("apps/cli").filter((file) => importsOf(file).includes("@openclaw/dev-gateway"));
    expect(importers.every((file) => /\/commands\/gateway-|\/demo\//u.test(file))).toBe(true);
  });
});
