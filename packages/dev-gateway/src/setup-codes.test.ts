import { expect, test } from "vitest";
import { createSetupCodes, type SetupCodes } from "./setup-codes.ts";
import { ERA_RULES } from "./era.ts";

let now = 0;
let count = 0;
const codesOf = (era: "2026.9" | "2026.6"): SetupCodes =>
  createSetupCodes({
    rules: ERA_RULES[era],
    now: () => now,
    newToken: () => `token-${(count += 1)}-0123456789012345`,
  });

test("a code is fetched once and used once", () => {
  const codes = codesOf("2026.9");
  const { shortCode, bootstrapToken } = codes.issue();
  expect(codes.fetch("x")).toBeUndefined();
  expect(codes.fetch(shortCode)?.bootstrapToken).toBe(bootstrapToken);
  expect(codes.fetch(shortCode)).toBeUndefined();
  expect(codes.use("x")).toBe(false);
  expect(codes.use(bootstrapToken)).toBe(true);
  expect(codes.use(bootstrapToken)).toBe(false);
});

test("a code lives ten minutes", () => {
  const codes = codesOf("2026.9");
  const { shortCode, bootstrapToken } = codes.issue();
  now += 600_000;
  expect(codes.fetch(shortCode)).toBeUndefined();
  expect(codes.use(bootstrapToken)).toBe(false);
});

test("eras before make none", () => {
  const codes = codesOf("2026.6");
  const { shortCode, bootstrapToken } = codes.issue();
  expect(codes.fetch(shortCode)).toBeUndefined();
  expect(codes.use(bootstrapToken)).toBe(false);
});
