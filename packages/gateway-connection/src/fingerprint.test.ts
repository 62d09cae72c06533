import { createHash, X509Certificate } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFingerprint, parseFingerprint } from "./fingerprint.ts";
import { CERTIFICATE } from "./scripted-gateway.test.support.ts";

const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));
const prefix = fc.constantFrom(
  "",
  "sha256:",
  "SHA256:",
  "sha-256:",
  "SHA-256 ",
  "sha256=",
  "sha256 Fingerprint=",
);
const separator = fc.constantFrom("", ":", " ", "-");

describe("a certificate fingerprint", () => {
  it("is the one that the runtime computes", () => {
    const certificate = new X509Certificate(CERTIFICATE.cert);
    const expected = createHash("sha256").update(certificate.raw).digest("hex");
    expect(parseFingerprint(certificate.fingerprint256)).toBe(expected);
    expect(formatFingerprint(expected)).toBe(certificate.fingerprint256);
  });

  it("is the same in every accepted spelling", () => {
    fc.assert(
      fc.property(
        hex,
        prefix,
        separator,
        fc.boolean(),
        fc.boolean(),
        (digits, front, between, upper, padded) => {
          const pairs = (digits.match(/../gu) ?? []).join(between);
          const text = `${front}${upper ? pairs.toUpperCase() : pairs}`;
          expect(parseFingerprint(padded ? ` ${text}\n` : text)).toBe(digits);
          expect(parseFingerprint(formatFingerprint(digits))).toBe(digits);
        },
      ),
    );
  });

  it.each([
    "",
    "sha256:",
    "ab".repeat(31),
    "ab".repeat(33),
    "ab".repeat(20),
    `sha1:${"ab".repeat(20)}`,
    "g".repeat(64),
  ])("is not %j", (text) => {
    expect(() => parseFingerprint(text)).toThrow(
      expect.objectContaining({ name: "ConnectionError", code: "bad-fingerprint" }),
    );
  });

  it("of any other length is refused", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-fA-F:]{0,200}$/u), (text) => {
        fc.pre(text.replaceAll(":", "").length !== 64);
        expect(() => parseFingerprint(text)).toThrow(/is not a SHA-256 certificate fingerprint/u);
      }),
    );
  });
});
