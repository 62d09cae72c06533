import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headerOptions, headerVariables, headerWords } from "./gateway-headers.ts";
import { gatewayWay, proxyPasswords } from "./gateway-way.ts";
import { inputOf, scratchDir } from "./scratch.test.support.ts";

const CF = { CF_ACCESS_CLIENT_ID: "id.access", CF_ACCESS_CLIENT_SECRET: "hush-hush" };
const options = (...header: readonly string[]): ReturnType<typeof headerOptions> =>
  headerOptions(inputOf({ header }));

describe("--header", () => {
  it("keeps sources, never values, and becomes the same arguments again", () => {
    const sources = options("X-Key=env:MY_KEY", "Authorization=file:secret.txt");
    expect(sources).toEqual({
      "X-Key": "env:MY_KEY",
      Authorization: `file:${join(process.cwd(), "secret.txt")}`,
    });
    expect(headerVariables(sources)).toEqual(["MY_KEY"]);
    const words = headerWords(sources).filter((word) => word !== "--header");
    expect(options(...words)).toEqual(sources);
    expect(headerOptions(inputOf({}))).toBeUndefined();
  });

  it.each([
    "Authorization: Bearer hush-hush",
    "Authorization=Bearer hush-hush",
    "X-Key=hush-hush",
    "X-Key=ENV:hush-hush",
    "hush-hush",
    "X-Key=env:hush-hush",
    "X-Key=env:",
    "X-Key=file:",
  ])("%j is refused, and not repeated", (text) => {
    const refused = (): unknown => options(text);
    expect(refused).toThrow(expect.objectContaining({ name: "CliError", code: "bad-option" }));
    expect(refused).not.toThrow(/hush/u);
  });

  it("refuses headers of the connection itself, and one header twice", () => {
    expect(() => options("Host=env:A")).toThrow("belongs to the connection itself");
    expect(() => options("X-A=env:A", "x-a=env:B")).toThrow("more than once");
  });

  it("any text is a source or an error of ours", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        for (const source of [text, `X-A=env:${text}`, `X-A=file:${text}`]) {
          try {
            options(source);
          } catch (error) {
            expect(error).toMatchObject({ name: expect.stringMatching(/^(?:Cli|Connection)Error$/u) });
          }
        }
      }),
    );
  });
});

describe("the way to a Gateway", () => {
  it("reads values anew each time, and says that they are secrets", async () => {
    const file = join(scratchDir(), "value");
    const secrets = new Set<string>();
    const way = gatewayWay({
      env: { MY_KEY: "from-env" },
      headers: { "X-Key": "env:MY_KEY", "X-File": `file:${file}` },
      secure: true,
      onSecret: (secret) => secrets.add(secret),
    });
    for (const value of ["first-value", "second-value"]) {
      writeFileSync(file, `${value}\n`);
      expect(await way.headers?.()).toEqual([
        { name: "X-Key", value: "from-env" },
        { name: "X-File", value },
      ]);
    }
    expect([...secrets]).toEqual(["from-env", "first-value", "second-value"]);
  });

  it.each([
    ["a variable that is not set", "env:NOT_THERE", "the variable NOT_THERE is not set"],
    ["a file that is not there", "file:/etc/openclaw-none", "cannot be read (ENOENT)"],
    ["a directory", "file:/etc", "is not a file"],
    ["an endless file", "file:/dev/zero", "is not a file"],
    ["a literal in node.json", "hush-hush", "nothing says where its value is"],
  ])("%s fails the attempt", async (_what, source, why) => {
    const way = gatewayWay({ env: {}, headers: { "X-Key": source }, secure: true });
    const failure = await way.headers?.().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "bad-header", message: expect.stringContaining(why) });
    expect(String(failure)).not.toContain("hush");
  });

  it("has the headers of Cloudflare Access when both variables are set and the link is encrypted", async () => {
    const both = [
      { name: "CF-Access-Client-Id", value: "id.access" },
      { name: "CF-Access-Client-Secret", value: "hush-hush" },
    ];
    expect(await gatewayWay({ env: CF, secure: true }).headers?.()).toEqual(both);
    expect(await gatewayWay({ env: CF, secure: false }).headers?.()).toBeUndefined();
    expect(
      await gatewayWay({ env: { ...CF, CF_ACCESS_CLIENT_ID: " " }, secure: true }).headers?.(),
    ).toBeUndefined();
    const headers = { "cf-access-client-id": "env:OTHER" };
    const own = gatewayWay({ env: { ...CF, OTHER: "own-id" }, headers, secure: true });
    expect(await own.headers?.()).toEqual([{ name: "cf-access-client-id", value: "own-id" }, both[1]]);
    const secrets: string[] = [];
    gatewayWay({ env: CF, secure: false, onSecret: (secret) => secrets.push(secret) });
    expect(secrets).toEqual(["id.access", "hush-hush"]);
  });

  it("knows the passwords of proxies, to keep them out of logs", () => {
    expect(
      proxyPasswords({
        https_proxy: "http://ann:p%40ss@proxy:1",
        ALL_PROXY: "ann:other@proxy",
        http_proxy: "http://proxy:3128",
      }),
    ).toEqual(["p%40ss", "p@ss", "other"]);
  });
});
