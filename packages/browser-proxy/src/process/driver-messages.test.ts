import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import * as fc from "fast-check";
import { expect, it } from "vitest";

import { readToDriver } from "./driver-messages.ts";

const call = { command: "browser.proxy", paramsJSON: "{}", era: "2026.9", maxPayloadBytes: 1 };

it.each([
  { type: "close" },
  { type: "cancel", id: 1 },
  { type: "setup", setup: { stateDir: "/x", config: { headless: true } } },
  { type: "call", id: 7, call: { ...call, owner: undefined } },
  { type: "call", id: 7, call: { ...call, command: "browser.proxy.upload.v1", era: "2026.2", owner: true } },
])("takes what the host sends: %j", (message) => {
  expect(readToDriver({ ...message, more: 1 })).toEqual(message);
});

it.each([
  undefined,
  null,
  "close",
  [],
  {},
  { type: "open" },
  { type: "cancel" },
  { type: "cancel", id: 0 },
  { type: "cancel", id: 1.5 },
  { type: "setup", setup: { stateDir: 1, config: {} } },
  { type: "setup", setup: { stateDir: "/x", config: null } },
  { type: "call", id: "1", call },
  { type: "call", id: 1 },
  { type: "call", id: 1, call: { ...call, command: "system.run" } },
  { type: "call", id: 1, call: { ...call, era: "2026.3" } },
  { type: "call", id: 1, call: { ...call, paramsJSON: {} } },
  { type: "call", id: 1, call: { ...call, maxPayloadBytes: "1" } },
  { type: "call", id: 1, call: { ...call, owner: 1 } },
])("takes nothing else: %j", (message) => {
  expect(readToDriver(message)).toBeUndefined();
});

it("never fails, whatever comes", () => {
  fc.assert(
    fc.property(fc.anything(), (message) => {
      const read = readToDriver({ ...Object(message), type: "call" });
      expect(read === undefined || read.type === "call").toBe(true);
    }),
  );
});

it("the driver's program loads no library but Node's own before a browser is asked for", () => {
  const seen = new Set([fileURLToPath(new URL("serve-driver.ts", import.meta.url))]);
  const packages = new Set<string>();
  for (const file of seen)
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(
      /^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gmsu,
    ))
      if (name.startsWith(".")) seen.add(join(dirname(file), name));
      else if (!name.startsWith("node:")) packages.add(name);
  expect(seen.size).toBeGreaterThan(50);
  expect([...packages]).toEqual([]);
});
