import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretTexts } from "./secret-texts.ts";
import { StreamMask, type MaskWish } from "./stream-mask.ts";

const ALNUM36 = "abcdefghijklmnopqrstuvwxyz0123456789";
const TOKENS = [
  "ghp_abcdefghijklmnopqrstuv123456",
  "github_pat_11ABCDEFG0abcdefghijkl",
  "glpat-abcdefghij0123456789",
  "xoxb-123456789012-abcdef",
  "sk-ant-api03-abcdefghijklmnop",
  "sk_live_abcdefghijklmnop1234",
  "rk_test_abcdefghijklmnop1234",
  "AKIAIOSFODNN7EXAMPLE",
  "ASIAIOSFODNN7EXAMPLE",
  `AIza${ALNUM36}`,
  `npm_${ALNUM36}`,
  "pypi-AgEIcHlwaS5vcmcCJDU2",
  "hf_abcdefghijklmnopqrstuvwxyzABCD",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
];
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjEA\n".repeat(20)}-----END OPENSSH PRIVATE KEY-----\n`;

function masked(text: string, wish: Partial<MaskWish> = {}, cuts: readonly number[] = []): string {
  return maskedBytes(Buffer.from(text), wish, cuts).toString("utf8");
}

function maskedBytes(whole: Buffer, wish: Partial<MaskWish> = {}, cuts: readonly number[] = []): Buffer {
  const mask = new StreamMask({ texts: [], tokens: true, ...wish });
  const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b), whole.length];
  const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
  return Buffer.concat([...pieces.map((piece) => mask.pass(Buffer.from(piece))), mask.rest()]);
}

describe("a mask", () => {
  it.each(TOKENS)("takes %s for a token, wherever it is cut", (token) => {
    expect(masked(`TOKEN=${token}\nnext`)).toBe("TOKEN=[redacted]\nnext");
    expect(masked(`"${token}"`)).toBe('"[redacted]"');
    for (let cut = 0; cut <= token.length; cut += 1)
      expect(masked(`a ${token}\n`, {}, [cut + 2])).toBe("a [redacted]\n");
  });

  it("masks a private key whole, also one byte after the other", () => {
    const all = Array.from({ length: KEY.length }, (_, at) => at);
    for (const cuts of [[], all])
      expect(masked(`x\n${KEY}y`, {}, cuts)).toBe("x\n[redacted]END OPENSSH PRIVATE KEY-----\ny");
    // A key without an end does not hide the rest of a long output.
    expect(masked(`${KEY.slice(0, 200)}${"\nword".repeat(5000)}`)).toMatch(/word\nword$/u);
  });

  it("masks what a header and an address carry", () => {
    expect(masked("Authorization: Bearer abcdefghij.klmnopqrst+/=\n")).toBe(
      "Authorization: Bearer [redacted]\n",
    );
    expect(masked("fetch https://me:hunter2@host/path")).toBe("fetch https://me:[redacted]@host/path");
  });

  it.each([
    "bearer authentication failed",
    "http://localhost:8080/path?x=y@z",
    "task-force sk-1 ghp_short eyJ0.x AKIA npm_config_registry hf_ xoxo-",
    "desk-abcdefghijklmnopqrstuvwxyz my_ghp_abcdefghijklmnopqrstuv123456",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "",
  ])("leaves %j alone", (text) => {
    expect(masked(text)).toBe(text);
  });

  it("keeps nothing back that cannot become a secret", () => {
    const mask = new StreamMask({ texts: secretTexts(["hunter22"]), tokens: true });
    expect(mask.pass(Buffer.from("Continue? [y/N] ")).toString()).toBe("Continue? [y/N] ");
    expect(mask.pass(Buffer.from("hunt")).toString()).toBe("");
    expect(mask.pass(Buffer.from("ing\n")).toString()).toBe("hunting\n");
    expect(mask.rest().toString()).toBe("");
  });

  it("masks values, the lines of values, and values that overlap", () => {
    const wish = {
      tokens: false,
      texts: secretTexts(["hunter22", "ter22xyz", "line one is\nline two too", "kurz"]),
    };
    expect(masked("a hunter22xyz b kurz", wish)).toBe("a [redacted] b kurz");
    expect(masked("hunter22hunter22", wish)).toBe("[redacted]");
    expect(masked("> line two too <", wish)).toBe("> [redacted] <");
    expect(masked("grün-grün", { tokens: false, texts: secretTexts(["grün-grün"]) })).toBe("[redacted]");
    const long = Array.from({ length: 3000 }, (_, index) => ALNUM36[(index * index + index) % 36]).join("");
    expect(masked(`<${long}>`, { tokens: false, texts: secretTexts([long]) })).toBe("<[redacted]>");
  });

  const secrets = ["hunter22", "aaaaaaaa", "aab aab", "ter22ghp_"];
  const piece = fc.oneof(
    fc.constantFrom(
      ...TOKENS,
      ...secrets,
      KEY,
      "https://u:p",
      "w@h ",
      "bearer ",
      "a",
      "-",
      "é",
      "\n",
      " ",
      "e",
    ),
    fc.string({ maxLength: 12 }),
    fc
      .constantFrom(...TOKENS, ...secrets, KEY)
      .chain((whole) => fc.nat(whole.length).map((length) => whole.slice(0, length))),
  );

  it("gives the same bytes however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat(4000), { maxLength: 30 }),
        fc.boolean(),
        (pieces, cuts, tokens) => {
          const text = pieces.join("");
          const wish = { tokens, texts: secretTexts(secrets) };
          const once = masked(text, wish);
          expect(masked(text, wish, cuts)).toBe(once);
          for (const secret of secrets) expect(once).not.toContain(secret);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("gives the same bytes of anything, one by one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const whole = Buffer.from(bytes);
        const each = Array.from(whole, (_, index) => index);
        expect(maskedBytes(whole, {}, each).equals(maskedBytes(whole))).toBe(true);
      }),
    );
  });

  it("passes on the very piece where there is nothing to do", () => {
    const mask = new StreamMask({ texts: secretTexts(["hunter22"]), tokens: true });
    const clean = Buffer.from("nothing here\n".repeat(1000));
    expect(mask.pass(clean)).toBe(clean);
  });
});
