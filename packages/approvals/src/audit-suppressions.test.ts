import { expect, test } from "vitest";
import { mentionsAuditSuppressions } from "./audit-suppressions.ts";

test.each([
  ["a security.audit.suppressions", true],
  [`a suppressions ${"x".repeat(160)} security audit`, true],
  [`a suppressions ${"x".repeat(190)} security audit`, false],
  [`security audit ${"x".repeat(300)} audit suppressions security`, true],
  ["security audit", false],
  ["openclaw config get security.audit.suppressions", false],
  ["/usr/bin/openclaw config schema security.audit.suppressions", false],
  ["openclaw config set security.audit.suppressions", true],
  ["openclaw config get security.audit.suppressions; x", true],
])("%j: %s", (text, expected) => {
  expect(mentionsAuditSuppressions(text)).toBe(expected);
});
