import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskArgv, maskedCommand, maskText } from "./mask-secrets.ts";

const S = "hunter2-Zz9";

/** Every one of these names the secret in a well-known way. */
const TELLING: readonly (readonly string[])[] = [
  ["tool", "--password", S],
  ["tool", "-password", S],
  ["tool", `--token=${S}`],
  ["tool", `--token=a b ${S}`],
  ["tool", "--client-secret", S],
  ["tool", "--api-key", S],
  ["tool", `--apiKey=${S}`],
  ["tool", "--pass", S],
  ["env", `TOKEN=${S}`, "tool"],
  ["env", `DB_PASSWORD='${S}'`, "tool"],
  ["docker", "run", "-e", `PGPASSWORD=${S}`, "image"],
  ["env", `AWS_SECRET_ACCESS_KEY=${S}`, "tool"],
  ["env", `MYSQL_PWD=${S}`, "tool"],
  ["curl", "-H", `Authorization: Bearer ${S}`, "https://host"],
  ["curl", "-H", `authorization:Basic ${S}`],
  ["curl", "-H", `X-Api-Key: ${S}`],
  ["curl", "-H", `PRIVATE-TOKEN: ${S}`],
  ["curl", "-H", `Cookie: a=b; session=${S}`],
  ["curl", `https://user:${S}@host/path`],
  ["curl", `https://${S}@host/path`],
  ["curl", `https://host/path?a=1&access_token=${S}&b=2`],
  ["curl", "-u", `me:${S}`],
  ["curl", `-ume:${S}`],
  ["timeout", "5", "/usr/bin/curl", "--user", `me:${S}`],
  ["curl", "-d", `{"user":"me","password":"${S}"}`],
  ["curl", "-d", `{"password": "a\\"${S}", "x": 1}`],
  ["psql", `postgresql://me:${S}@host/db`],
  ["mysql", `-p${S}`],
  ["sshpass", "-p", S, "ssh", "host"],
  ["redis-cli", "-a", S],
  ["npm", "config", "set", `//registry.example/:_authToken=${S}`],
  ["git", "clone", "https://ghp_0123456789abcdefghij0123456789@github.com/a/b"],
  ["sh", "-c", `tool --password ${S} --verbose`],
  ["sh", "-c", `tool --password '${S}'; echo done`],
  ["sh", "-c", `export TOKEN="x ${S}"y && tool`],
  ["sh", "-c", `curl -H "Authorization: Bearer ${S}" https://host`],
  ["sh", "-c", `curl -s -u me:${S} https://host`],
  ["sh", "-c", `sshpass -p ${S} ssh host`],
  ["sh", "-c", `curl -d "{\\"password\\":\\"${S}\\",\\"a\\":1}" https://host`],
  ["tool", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.abc"],
  ["tool", `-----BEGIN OPENSSH PRIVATE KEY-----\n${S}\n-----END OPENSSH PRIVATE KEY-----`],
];

/** Nothing in these is a secret, and all of it is wanted in the log. */
const PLAIN: readonly (readonly string[])[] = [
  ["git", "commit", "-m", "Teach the tokenizer about passes"],
  ["mkdir", "-p", "a/b"],
  ["docker", "login", "--password-stdin"],
  ["tool", "--token-file", "/run/secrets/token"],
  ["tool", "--max-tokens", "100"],
  ["tool", "--compass=north", "--author", "me", "--keyring", "x"],
  ["env", "PWD=/srv", "OLDPWD=/", "TOKENIZERS_PARALLELISM=false", "tool"],
  ["ssh", "git@github.com", "cat", "secrets.txt"],
  ["curl", "https://host:8443/path?page=2", "-o", "out"],
  ["tool", "-p", "value", "-a", "value", "-u", "user:group"],
  ["docker", "run", "-u", "1000:1000", "image"],
  ["grep", "-r", "password", "src"],
  ["pass", "show", "mail"],
];

describe("maskedCommand", () => {
  it.each(TELLING)("takes the secret out of %s %s %s", (...argv) => {
    const shown = maskedCommand(argv);
    expect(shown).toContain("[redacted]");
    expect(shown).not.toMatch(/hunter2|ghp_|eyJ/u);
    expect(shown.startsWith(argv[0] ?? "")).toBe(true);
  });

  it.each(PLAIN)("leaves %s %s %s as it is", (...argv) => {
    expect(maskArgv(argv)).toEqual(argv);
  });

  it("leaves the rest of a text readable", () => {
    expect(maskText(`tool --password '${S}' --verbose && curl https://me:${S}@host/a?token=${S}&b=2`)).toBe(
      "tool --password [redacted] --verbose && curl https://me:[redacted]@host/a?token=[redacted]&b=2",
    );
    expect(maskText(`{"password":"${S}","user":"me"}`)).toBe('{"password":[redacted]","user":"me"}');
  });

  it("changes words only, never their number, and never the program", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("--password", "-p", "TOKEN=", "curl", "-u", "a:b", "Authorization: x", "https://a:b@c"),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (argv) => {
        expect(maskArgv(argv)).toHaveLength(argv.length);
      }),
    );
  });

  it("finds a value whatever it is made of", () => {
    const value = fc.string({ unit: "grapheme-ascii", minLength: 1 });
    fc.assert(
      fc.property(value, (text) => {
        expect(maskArgv(["tool", "--password", text, `--token=${text}`, `SECRET=${text}`])).toEqual([
          "tool",
          "--password",
          "[redacted]",
          "--token=[redacted]",
          "SECRET=[redacted]",
        ]);
      }),
    );
  });

  it.each([
    "token=",
    "a-",
    "_pass",
    "--token -",
    "://",
    "https://",
    'token="\\"',
    "cookie:'",
    "bearer ",
    '"token":"',
    "-----BEGIN PRIVATE KEY-----",
  ])("gets through a megabyte of `%s`", (part) => {
    const text = part.repeat(1_000_000 / part.length);
    // Looking back again and again would take hours.
    expect(maskText(`${text} --token ${S}`)).not.toContain(S);
    expect(maskText(`token=${text}`)).not.toBe("");
  });
});
