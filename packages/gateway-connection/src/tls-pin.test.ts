import { X509Certificate } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONNECTION_LIMITS } from "./limits.ts";
import { CERTIFICATE, SIGNED } from "./scripted-gateway.test.support.ts";
import { checkPins, formatTlsPin, parseTlsPins, pinsOf, showTlsPin, type TlsPin } from "./tls-pin.ts";

const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const HEX = "ab".repeat(32);
const REFUSED = expect.objectContaining({ name: "ConnectionError", code: "bad-fingerprint" });
const pin: fc.Arbitrary<TlsPin> = fc.record({
  kind: fc.constantFrom("certificate", "public-key"),
  sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
});

describe("TLS pins", () => {
  it("are those that openssl computes", () => {
    const { certificate, publicKey } = pinsOf(der(SIGNED.cert));
    expect(showTlsPin(certificate)).toBe(new X509Certificate(SIGNED.cert).fingerprint256);
    // openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64
    expect(formatTlsPin(publicKey)).toBe(`sha256//${SIGNED_KEY_PIN}`);
  });

  it("come back from every spelling, alone and in lists", () => {
    const spelled = (one: TlsPin): fc.Arbitrary<string> =>
      one.kind === "certificate"
        ? fc.constantFrom(one.sha256, showTlsPin(one), `SHA256:${showTlsPin(one)}`, ` ${one.sha256} `)
        : fc.constantFrom(
            formatTlsPin(one),
            formatTlsPin(one).replace("//", "/"),
            formatTlsPin(one).replace(/=$/u, ""),
            ` ${formatTlsPin(one).replace("sha256", "SHA-256")}\n`,
          );
    const lists = fc
      .uniqueArray(pin, {
        minLength: 1,
        maxLength: CONNECTION_LIMITS.tlsPins,
        selector: ({ kind, sha256 }) => kind + sha256,
      })
      .chain((pins) =>
        fc.tuple(fc.constant(pins), fc.tuple(...pins.map(spelled)), fc.constantFrom(",", ";")),
      );
    fc.assert(
      fc.property(lists, ([pins, texts, separator]) => {
        expect(parseTlsPins(texts.join(separator))).toEqual(pins);
        expect(parseTlsPins(texts)).toEqual(pins);
        expect(parseTlsPins(pins.map(formatTlsPin).join(","))).toEqual(pins);
      }),
    );
  });

  it("count once each, and one fingerprint may be written with commas", () => {
    expect(parseTlsPins([HEX, `sha256:${HEX}`])).toHaveLength(1);
    expect(parseTlsPins((HEX.match(/../gu) ?? []).join(","))).toEqual([{ kind: "certificate", sha256: HEX }]);
  });

  it.each([
    "",
    ",",
    `${HEX},cd`,
    "sha256/",
    "sha256//",
    `sha256//${"A".repeat(41)}=`,
    // The last character stands for four bits and two that must be nought.
    `sha256//${"A".repeat(42)}B=`,
    `sha256//${"-".repeat(43)}=`,
    `sha1//${"A".repeat(43)}=`,
    `sha256//${"A".repeat(43)}= x`,
  ])("are not %j", (text) => {
    expect(() => parseTlsPins(text)).toThrow(REFUSED);
  });

  it("are a few, not a trust store", () => {
    const many = Array.from({ length: CONNECTION_LIMITS.tlsPins + 1 }, (_, n) => String(n).repeat(64));
    expect(() => parseTlsPins(many.slice(0, -1))).not.toThrow();
    expect(() => parseTlsPins(many)).toThrow(REFUSED);
  });

  it("any text is pins or one of our errors", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        try {
          for (const { sha256 } of parseTlsPins(text)) expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
        } catch (error) {
          expect(error).toEqual(REFUSED);
        }
      }),
    );
  });
});

describe("checking pins", () => {
  const own = pinsOf(der(CERTIFICATE.cert));
  const foreign = pinsOf(der(SIGNED.cert));

  it.each([
    ["the certificate", [own.certificate], true],
    ["its key", [own.publicKey], true],
    ["one of several", [foreign.certificate, foreign.publicKey, own.certificate], true],
    ["another certificate", [foreign.certificate], false],
    ["another key", [foreign.publicKey], false],
    ["a key's hash as that of a certificate", [{ ...own.publicKey, kind: "certificate" as const }], false],
    ["a certificate's hash as that of a key", [{ ...own.certificate, kind: "public-key" as const }], false],
    ["none at all", [], false],
  ])("%s", (_what, pins, ok) => {
    expect(checkPins(pins, der(CERTIFICATE.cert)).ok).toBe(ok);
  });

  it("never throws, and never accepts what is no certificate", () => {
    expect(checkPins([own.publicKey], undefined)).toEqual({ ok: false, seen: "no certificate" });
    expect(checkPins([own.publicKey, own.certificate], Buffer.from("no"))).toMatchObject({ ok: false });
  });
});

const SIGNED_KEY_PIN = "y8YXX8d+yHEd4Osa7oXssYhHiXgDs2xxStgz3d8L9wc=";
