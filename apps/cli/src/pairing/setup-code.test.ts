import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { parseJoinUrl } from "./join-url.ts";
import { PAIRING_LIMITS, parseSetupCode } from "./setup-code.ts";

const NOW = 1_800_000_000_000;
const TOKEN = "w7SR4jPkITo7ZoUS9nm_Vp_OXmVfKkEK";
const GOOD = { url: "wss://gw.example:8443/path", bootstrapToken: TOKEN, expiresAtMs: NOW + 1 };
const PIN = "ab".repeat(32);

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const parse = (text: string): unknown => parseSetupCode(text, NOW);

function failureOf(act: () => unknown): CliError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    return error as CliError;
  }
  throw new Error("nothing was thrown");
}

describe("parseSetupCode", () => {
  it("reads a code, with its scheme and blanks around it or without", () => {
    const code = {
      urls: [GOOD.url],
      bootstrapToken: TOKEN,
      expiresAtMs: NOW + 1,
      tlsFingerprint: undefined,
    };
    expect(parse(encoded(GOOD))).toEqual(code);
    expect(parse(` OC-Pair://${encoded(GOOD)}\n`)).toEqual(code);
  });

  it.each([PIN, `sha256:${PIN.toUpperCase()}`, PIN.toUpperCase().match(/../gu)?.join(":") ?? ""])(
    "reads the certificate and further addresses: %s",
    (tlsFingerprint) => {
      const urls = [GOOD.url, "wss://10.0.0.4:1"];
      expect(parse(encoded({ ...GOOD, urls, tlsFingerprint, later: 1 }))).toMatchObject({
        urls,
        tlsFingerprint: PIN,
      });
    },
  );

  it.each([
    ["nothing", " ", /it is empty/u],
    ["padding", `${encoded({ ...GOOD, a: "" })}==`, /other characters/u],
    ["a line break inside", `${encoded(GOOD).slice(0, 9)}\n${encoded(GOOD).slice(9)}`, /other characters/u],
    ["a cut code", encoded(GOOD).slice(0, -7), /cut|not JSON/u],
    ["an endless one", "e".repeat(PAIRING_LIMITS.codeChars + 1), /longer than/u],
    ["no JSON", "abcd", /cut|not JSON/u],
    ["a list", encoded([GOOD]), /cannot be read/u],
    ["no address", encoded({ ...GOOD, url: undefined }), /url/u],
    ["no token", encoded({ ...GOOD, bootstrapToken: undefined }), /bootstrapToken/u],
    ["an empty token", encoded({ ...GOOD, bootstrapToken: "" }), /bootstrapToken/u],
    ["a token with a line break", encoded({ ...GOOD, bootstrapToken: "a\nb" }), /bootstrapToken/u],
    ["another scheme", encoded({ ...GOOD, url: "https://gw.example" }), /must look like ws/u],
    [
      "a password in the address",
      encoded({ ...GOOD, url: "wss://u:p@gw.example" }),
      /user name or password/u,
    ],
    ["no list of addresses", encoded({ ...GOOD, urls: [] }), /urls/u],
    ["too many addresses", encoded({ ...GOOD, urls: Array.from({ length: 9 }, () => GOOD.url) }), /urls/u],
    ["an odd time", encoded({ ...GOOD, expiresAtMs: "tomorrow" }), /expiresAtMs/u],
    ["an odd fingerprint", encoded({ ...GOOD, tlsFingerprint: "abc" }), /not a SHA-256/u],
    [
      "a fingerprint without TLS",
      encoded({ ...GOOD, url: "ws://127.0.0.1:1", tlsFingerprint: PIN }),
      /address without TLS/u,
    ],
  ])("refuses %s, and says what is wrong", (_what, text, why) => {
    const error = failureOf(() => parse(text));
    expect(error.code).toBe("bad-pairing-code");
    expect(error.message).toMatch(why);
    expect(error.hints.join("\n")).toContain("openclaw devices join-code");
    expect(error.message).not.toContain(TOKEN);
  });

  it("says when a code expired", () => {
    const error = failureOf(() => parse(encoded({ ...GOOD, expiresAtMs: NOW })));
    expect(error.code).toBe("pairing-code-refused");
    expect(error.message).toBe(`the pairing code expired at ${new Date(NOW).toISOString()}`);
    expect(failureOf(() => parse(encoded({ ...GOOD, expiresAtMs: 0 }))).code).toBe("pairing-code-refused");
  });

  it("answers anything with a code or a sentence, and never shows the token", () => {
    const payload = fc.record(
      {
        url: fc.oneof(fc.webUrl(), fc.constant(GOOD.url), fc.string()),
        bootstrapToken: fc.constant(TOKEN),
        expiresAtMs: fc.oneof(fc.integer(), fc.double()),
        tlsFingerprint: fc.string(),
        urls: fc.array(fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), payload.map(encoded), fc.json().map(encoded)), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(CliError);
          expect((error as CliError).message).not.toContain(TOKEN);
        }
      }),
    );
  });

  it("takes one spelling only: bits that belong to no byte must not be set", () => {
    const fitting = ["", "1", "12"]
      .map((pad) => encoded({ ...GOOD, pad }))
      .find((text) => text.length % 4 === 2);
    const code = fitting ?? "";
    // The last letter carries two bits of the text and four of nothing.
    const other = code.slice(0, -1) + ({ Q: "R", g: "h", w: "x", A: "B" }[code.slice(-1)] ?? "");
    expect(Buffer.from(other, "base64url")).toEqual(Buffer.from(code, "base64url"));
    expect(other).toHaveLength(code.length);
    expect(parse(code)).toMatchObject({ bootstrapToken: TOKEN });
    expect(failureOf(() => parse(other)).message).toMatch(/cut or mistyped/u);
  });

  it("does not take a code with one character changed for the same", () => {
    const code = encoded(GOOD);
    fc.assert(
      fc.property(
        fc.nat(code.length - 1),
        fc.constantFrom("A", "Z", "a", "z", "0", "9", "-", "_"),
        (at, letter) => {
          const other = code.slice(0, at) + letter + code.slice(at + 1);
          if (other === code) return;
          try {
            expect(parse(other)).not.toEqual(parse(code));
          } catch (error) {
            if (!(error instanceof CliError)) throw error;
          }
        },
      ),
    );
  });
});

describe("parseJoinUrl", () => {
  it("reads a join URL and leaves everything else alone", () => {
    expect(parseJoinUrl("https://gw.example/j/CqoM9J3dgq1tK_vJWBV_lg")).toEqual({
      host: "gw.example",
      port: 443,
      secure: true,
      path: "/j/CqoM9J3dgq1tK_vJWBV_lg",
    });
    expect(parseJoinUrl("https://[::1]:8443/base/j/abc\n")).toMatchObject({
      host: "::1",
      port: 8443,
      path: "/base/j/abc",
    });
    expect(parseJoinUrl("http://127.0.0.1:18789/j/abc")).toMatchObject({ secure: false, port: 18_789 });
    expect(parseJoinUrl(encoded(GOOD))).toBeUndefined();
    expect(parseJoinUrl("oc-pair://abc")).toBeUndefined();
  });

  it.each([
    ["http://gw.example/j/abc", /must begin with https/u],
    ["http://10.0.0.5/j/abc", /must begin with https/u],
    ["https://gw.example/", /ends with \/j\//u],
    ["https://gw.example/j/", /ends with \/j\//u],
    ["https://gw.example/j/abc/", /ends with \/j\//u],
    ["https://gw.example/j/abc?x=1", /ends with \/j\//u],
    ["https://gw.example/j/abc#x", /ends with \/j\//u],
    ["https://u:p@gw.example/j/abc", /ends with \/j\//u],
    ["https://gw.example/j/a%2fb", /ends with \/j\//u],
    ["https:///", /no web address/u],
    ["https://gw.example\\j/abc", /no web address/u],
    [`https://gw.example/j/${"a".repeat(3000)}`, /no web address/u],
  ])("refuses %s", (text, why) => {
    const error = failureOf(() => parseJoinUrl(text));
    expect(error.code).toBe("bad-pairing-code");
    expect(error.message).toMatch(why);
  });
});
