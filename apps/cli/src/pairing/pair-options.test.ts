import { describe, expect, it } from "vitest";
import { inputOf } from "../host/scratch.test.support.ts";
import { checkPairOptions, optionsFor, withoutCode } from "./pair-options.ts";

const PIN = "ab".repeat(32);
const CODE = { urls: [], bootstrapToken: "t" };
const options = (url: string, typed: object = {}, pin?: string): unknown =>
  optionsFor(inputOf({ pair: "x", ...typed }), url, { ...CODE, tlsFingerprint: pin }, {}).options;

describe("a pairing code as options", () => {
  it("says host, port, TLS, path and certificate", () => {
    expect(options("ws://127.0.0.1:18789")).toEqual({
      host: "127.0.0.1",
      port: 18_789,
      "no-tls": true,
      "context-path": "/",
    });
    expect(options("wss://gw.example/base", { "display-name": "d" }, PIN)).toEqual({
      host: "gw.example",
      port: 443,
      tls: true,
      "context-path": "/base",
      "tls-fingerprint": PIN,
      "display-name": "d",
    });
  });

  it("keeps a typed certificate that is the same and refuses another one", () => {
    const typed = PIN.toUpperCase().match(/../gu)?.join(":") ?? "";
    expect(options("wss://gw.example", { "tls-fingerprint": typed }, PIN)).toMatchObject({
      "tls-fingerprint": typed,
    });
    expect(() => options("wss://gw.example", { "tls-fingerprint": "cd".repeat(32) }, PIN)).toThrow(
      /another one than the pairing code/u,
    );
  });

  it("leaves no code in what follows", () => {
    expect(withoutCode(inputOf({ pair: "x", "pair-file": "y", commands: "z" })).options).toEqual({
      commands: "z",
    });
  });

  it.each(["host", "port", "tls", "no-tls", "context-path"])("goes before --%s", (name) => {
    expect(() => checkPairOptions(inputOf({ [name]: "x" }))).toThrow(`leave --${name} out`);
  });
});
