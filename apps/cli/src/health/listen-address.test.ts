import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { namesUs, parseListenAddress } from "./listen-address.ts";

const tcp = (host: string, port: number, loopback: boolean): object => ({
  kind: "tcp",
  host,
  port,
  loopback,
});

describe("parseListenAddress", () => {
  it.each([
    ["9478", tcp("127.0.0.1", 9478, true)],
    [":9478", tcp("127.0.0.1", 9478, true)],
    ["127.0.0.1:0", tcp("127.0.0.1", 0, true)],
    ["127.8.9.1:1", tcp("127.8.9.1", 1, true)],
    ["LocalHost:9478", tcp("localhost", 9478, true)],
    ["[::1]:9478", tcp("::1", 9478, true)],
    ["0.0.0.0:9478", tcp("0.0.0.0", 9478, false)],
    ["[::]:9478", tcp("::", 9478, false)],
    ["node.lan:9478", tcp("node.lan", 9478, false)],
    ["127.0.0.1.evil.example:9478", tcp("127.0.0.1.evil.example", 9478, false)],
    ["/run/x.sock", { kind: "socket", path: "/run/x.sock" }],
    ["unix:/run/x.sock", { kind: "socket", path: "/run/x.sock" }],
  ])("reads %s", (text, address) => expect(parseListenAddress(text)).toEqual(address));

  it.each([
    "",
    "x",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "::1:9478",
    "[::1]",
    "[127.0.0.1]:1",
    "[fe80::1%eth0",
    "a b:1",
    "-x:1",
    "http://127.0.0.1:1",
    "unix:relative",
    `/${"x".repeat(100)}`,
  ])("refuses `%s`", (text) => expect(() => parseListenAddress(text)).toThrow(CliError));

  it("gives an address or a sentence", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.string(), fc.nat()).map((parts) => parts.join(":")),
        ),
        (text) => {
          try {
            const address = parseListenAddress(text);
            expect(address.kind === "socket" || address.port <= 65_535).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(CliError);
          }
        },
      ),
    );
  });
});

describe("namesUs", () => {
  const here = parseListenAddress("127.0.0.1:9478");
  it.each(["127.0.0.1:9478", "127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:9478", "10.0.0.5:9478"])(
    "takes %s",
    (host) => expect(namesUs(host, here)).toBe(true),
  );
  it.each([
    undefined,
    "",
    "evil.example",
    "evil.example:9478",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "localhost@evil.example",
    "127.0.0.1:9478, evil.example",
    "[evil]",
    "0x7f.1",
  ])("refuses `%s`", (host) => expect(namesUs(host, here)).toBe(false));
  it("takes the name that the owner chose, and anything over a socket", () => {
    expect(namesUs("node.lan:9478", parseListenAddress("node.lan:9478"))).toBe(true);
    expect(namesUs("x", parseListenAddress("/run/x.sock"))).toBe(true);
  });
});
