import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";

import { StoreError } from "./errors.ts";
import type { StoreErrorDetails } from "./errors.ts";
import { gatewayCredentials } from "./gateway-credentials.ts";
import type { Environment } from "./home-directory.ts";
import { readConfig } from "./node-config.ts";
import type { NodeConfig } from "./node-config.ts";
import { tempDirs } from "./temp-dir.test.support.ts";

const freshDir = tempDirs();
let dir = "";
let configFile = "";
beforeEach(() => {
  dir = freshDir();
  configFile = join(dir, "openclaw.json");
});

function put(name: string, text: string): void {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text, { mode: 0o600 });
}

function read(text: string, env: Environment = {}): NodeConfig {
  put("openclaw.json", text);
  return readConfig({ configFile }, env);
}

/** Code, details and sentence of the failure. */
function failure(text: string, env: Environment = {}): StoreErrorDetails & { said: string } {
  try {
    read(text, env);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { ...error.details, said: `${error.code}: ${error.message}` };
  }
  return { said: "no failure" };
}

describe("reading", () => {
  test("no file is an empty configuration", () => {
    const config = readConfig({ configFile }, {});
    expect(config.files).toEqual([]);
    expect(config.gateway.port).toBeUndefined();
    expect(config.nodeHost.browserProxy).toEqual({ enabled: undefined, allowProfiles: undefined });
    expect(config.tools.exec).toEqual({ strictInlineEval: undefined, safeBins: undefined });
  });

  test("JSON5 with everything we use, and keys of others beside it", () => {
    const config = read(
      `\uFEFF// owner's note
      {
        gateway: { port: 18789, mode: 'local', bind: "loopback", auth: { mode: "token", token: "t", },
          remote: { url: "wss://g", token: "r", password: "p", tlsFingerprint: "ab" }, controlUi: 3 },
        browser: { enabled: true, headless: false, noSandbox: true, executablePath: "/usr/bin/chromium",
          profiles: { openclaw: { cdpPort: 18800, color: "#FF4500" } }, ssrfPolicy: { allowPrivateNetwork: true } },
        nodeHost: { browserProxy: { enabled: false, allowProfiles: [" openclaw ", ""] } },
        tools: { exec: { strictInlineEval: true, safeBins: [" wc ", ""], host: "node" }, web: 1 },
        channels: { x: "\${NOT_SET}", $include: "./absent.json" }, agents: 7, __proto__: { gateway: 1 },
      }`,
    );
    expect(config.gateway).toEqual({
      port: 18789,
      mode: "local",
      bind: "loopback",
      auth: { mode: "token", token: "t", password: undefined },
      remote: { url: "wss://g", token: "r", password: "p", tlsFingerprint: "ab" },
    });
    expect(config.browser).toMatchObject({
      enabled: true,
      headless: false,
      noSandbox: true,
      executablePath: "/usr/bin/chromium",
      ssrfPolicy: { dangerouslyAllowPrivateNetwork: true },
    });
    expect(config.browser.profiles.get("openclaw")).toMatchObject({ cdpPort: 18800 });
    expect(config.nodeHost.browserProxy).toEqual({ enabled: false, allowProfiles: [" openclaw ", ""] });
    expect(config.tools.exec).toEqual({ strictInlineEval: true, safeBins: ["wc"] });
    expect(config.files).toEqual([configFile]);
  });

  test.each([
    ["{", "bad-config", { line: 1, column: 2 }],
    ['{\n  gateway: "secret-word" x }', "bad-config", { line: 2, column: 26 }],
    ["[]", "bad-config", {}],
    ["{gateway:[]}", "bad-config", { key: "gateway" }],
    ["{gateway:{port:'18789'}}", "bad-config", { key: "gateway.port" }],
    ["{gateway:{port:0}}", "bad-config", { key: "gateway.port" }],
    ["{gateway:{port:65536}}", "bad-config", { key: "gateway.port" }],
    ["{gateway:{port:NaN}}", "bad-config", { key: "gateway.port" }],
    ["{gateway:{mode:'secret-word'}}", "bad-config", { key: "gateway.mode" }],
    ["{gateway:{auth:{token:['secret-word']}}}", "bad-config", { key: "gateway.auth.token" }],
    ["{browser:{headless:'true'}}", "bad-config", { key: "browser.headless" }],
    ["{browser:{profiles:{a:{cdpUrl:1}}}}", "bad-config", { key: "browser.profiles.a.cdpUrl" }],
    ["{nodeHost:{browserProxy:{enabled:0}}}", "bad-config", { key: "nodeHost.browserProxy.enabled" }],
    [
      "{nodeHost:{browserProxy:{allowProfiles:['a',1]}}}",
      "bad-config",
      { key: "nodeHost.browserProxy.allowProfiles.1" },
    ],
    [
      "{nodeHost:{browserProxy:{allowProfiles:'a'}}}",
      "bad-config",
      { key: "nodeHost.browserProxy.allowProfiles" },
    ],
    ["{tools:{exec:{strictInlineEval:'true'}}}", "bad-config", { key: "tools.exec.strictInlineEval" }],
    ["{tools:{exec:{safeBins:[1]}}}", "bad-config", { key: "tools.exec.safeBins.0" }],
    ["{tools:{exec:[]}}", "bad-config", { key: "tools.exec" }],
    [`{a:${"[".repeat(100)}${"]".repeat(100)}}`, "bad-config", {}],
    [`"${"x".repeat(1024 * 1024)}"`, "too-large", {}],
  ])("%s", (text, code, details) => {
    const found = failure(text);
    expect(found).toMatchObject({ ...details, path: configFile });
    expect(found.said).toContain(`${code}: the configuration file \`${configFile}\` `);
    expect(found.said).not.toContain("secret-word");
  });

  test("null reads as absent", () => {
    expect(read("{gateway:null,browser:{enabled:null}}").browser.enabled).toBeUndefined();
  });

  test("links and files that others can change are refused", () => {
    put("real.json", "{}");
    symlinkSync(join(dir, "real.json"), configFile);
    expect(() => readConfig({ configFile }, {})).toThrow(/OPENCLAW_CONFIG_PATH/);
    chmodSync(join(dir, "real.json"), 0o664);
    expect(() => readConfig({ configFile: join(dir, "real.json") }, {})).toThrow(/chmod go-w/);
  });
});

/** What `gateway.auth.token` reads as. */
function token(text: string, env: Environment): string | undefined {
  return read(`{gateway:{auth:{token:${JSON.stringify(text)}}}}`, env).gateway.auth.token;
}

describe("variables", () => {
  test("are put in once, and escaped ones stay", () => {
    expect(token("a${X}b${Y_1}", { X: "1", Y_1: "${X}" })).toBe("a1b${X}");
    expect(token("$${X} $X ${} ${1} ${a-b}", {})).toBe("${X} $X ${} ${1} ${a-b}");
    expect(token("$$${X}", { X: "1" })).toBe("$${X}");
  });

  test.each([{}, { TOKEN: "" }, Object.create({ TOKEN: "inherited" })])(
    "a missing one names key and variable (%j)",
    (env: Environment) => {
      const found = failure("{gateway:{auth:{token:'${TOKEN}'}}}", env);
      expect(found).toMatchObject({ key: "gateway.auth.token", variable: "TOKEN" });
      expect(found.said).toMatch(
        /`gateway\.auth\.token` needs the environment variable `TOKEN`, which is not set; /,
      );
    },
  );

  test("numbers and flags do not come from variables", () => {
    expect(failure("{gateway:{port:'${P}'}}", { P: "1" }).key).toBe("gateway.port");
  });
});

describe("$include", () => {
  test("later files over earlier ones, own keys over all, relative to the file that names them", () => {
    put("sub/a.json5", "{gateway:{port:1,bind:'a',auth:{token:'a',password:'a'}},$include:'b.json5'}");
    put("sub/b.json5", "{gateway:{mode:'remote',port:9},browser:{enabled:true}}");
    put("c.json5", "{gateway:{port:2,auth:{token:'c'}},nodeHost:{browserProxy:{allowProfiles:['x','y']}}}");
    const config = read(
      "{$include:['./sub/a.json5','c.json5'],gateway:{auth:{token:'own'}},nodeHost:{browserProxy:{allowProfiles:['z']}}}",
    );
    expect(config.gateway).toMatchObject({
      port: 2,
      bind: "a",
      mode: "remote",
      auth: { token: "own", password: "a" },
    });
    expect(config.browser.enabled).toBe(true);
    expect(config.nodeHost.browserProxy.allowProfiles).toEqual(["z"]);
    expect(config.files).toEqual([
      configFile,
      join(dir, "sub/a.json5"),
      join(dir, "sub/b.json5"),
      join(dir, "c.json5"),
    ]);
  });

  test("inside a section, also as a whole value", () => {
    put("auth.json5", "{token:'t'}");
    put("profiles.json5", "['p']");
    const config = read(
      "{gateway:{auth:{$include:'auth.json5',mode:'token'}},nodeHost:{browserProxy:{allowProfiles:{$include:'profiles.json5'}}}}",
    );
    expect(config.gateway.auth).toMatchObject({ mode: "token", token: "t" });
    expect(config.nodeHost.browserProxy.allowProfiles).toEqual(["p"]);
  });

  test.each([
    ["{$include:'absent.json'}", /included file `.*absent\.json` does not exist/],
    ["{$include:'openclaw.json'}", /includes itself/],
    ["{$include:3}", /must be a path or a list of paths/],
    ["{$include:['']}", /must be a path or a list of paths/],
    ["{$include:'list.json',gateway:{}}", /beside other keys must name a file that holds an object/],
    ["{$include:'list.json'}", /top level must be an object/],
    ["{$include:'broken.json'}", /broken\.json` is not valid JSON5 at line 1, column 2/],
    ["{$include:'open.json'}", /chmod go-w/],
    ["{$include:'chain-0.json'}", /nests deeper than 10 files/],
    [`{$include:[${Array.from({ length: 80 }, () => "'good.json'").join()}]}`, /more than 64 files/],
  ])("%s", (text, message) => {
    put("list.json", "[]");
    put("broken.json", "{");
    put("good.json", "{}");
    put("open.json", "{}");
    chmodSync(join(dir, "open.json"), 0o666);
    for (let link = 0; link < 20; link += 1) put(`chain-${link}.json`, `{$include:'chain-${link + 1}.json'}`);
    expect(failure(text).said).toMatch(message);
  });

  test("ten levels are fine", () => {
    for (let link = 1; link < 10; link += 1) put(`${link}.json`, `{$include:'${link + 1}.json'}`);
    put("10.json", "{gateway:{port:10}}");
    expect(read("{$include:'1.json'}").gateway.port).toBe(10);
  });

  test("an included `__proto__` does not reach any object", () => {
    put("p.json", '{"gateway":{"__proto__":{"port":5}}}');
    expect(read("{$include:'p.json',gateway:{}}").gateway.port).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, "port")).toBe(false);
  });
});

describe("credentials", () => {
  const text = "{gateway:{mode:'MODE',auth:{token:'a'},remote:{token:' r ',password:'p'}}}";
  test.each([
    ["local", {}, { token: "a", password: undefined, source: "gateway.auth" }],
    ["remote", {}, { token: "r", password: "p", source: "gateway.remote" }],
    ["remote", { OPENCLAW_GATEWAY_TOKEN: "e" }, { token: "e", password: undefined, source: "environment" }],
    ["remote", { OPENCLAW_GATEWAY_TOKEN: "undefined" }, { token: "r", source: "gateway.remote" }],
    ["local", { OPENCLAW_GATEWAY_PASSWORD: "e" }, { token: undefined, password: "e", source: "environment" }],
  ])("%s with %j", (mode, env: Environment, expected) => {
    expect(gatewayCredentials(read(text.replace("MODE", mode)), env)).toMatchObject(expected);
  });

  test("none", () => {
    expect(gatewayCredentials(read("{gateway:{auth:{token:' '}}}"), {}).source).toBe("none");
  });
});
