import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "@openclaw/config-store";
import { describe, expect, it } from "vitest";
import { scratchDir } from "../host/scratch.test.support.ts";
import { browserFacts, browserLine, type BrowserFactsOptions } from "./browser-facts.ts";

const OPTIONS: BrowserFactsOptions = { env: {}, quick: true, uid: 1000, playwrightVersion: () => "1.65.1" };

/** The facts about a configuration whose browser is a file of this test, unless it names another. */
async function factsOf(config: object, options: Partial<BrowserFactsOptions> = {}): Promise<string> {
  const dir = scratchDir();
  const program = join(dir, "chromium");
  writeFileSync(program, "");
  chmodSync(program, 0o755);
  const configFile = join(dir, "openclaw.json");
  const merged = { ...config, browser: { executablePath: program, ...Reflect.get(config, "browser") } };
  writeFileSync(configFile, JSON.stringify(merged), { mode: 0o600 });
  const facts = await browserFacts(readConfig({ configFile }, {}), { ...OPTIONS, ...options });
  return `${facts.problem?.code ?? "none"}: ${browserLine(facts).replace(dir, "")}`;
}

describe("what browser calls would find", () => {
  it("is there", async () => {
    expect(await factsOf({})).toBe("none: custom at /chromium, playwright-core 1.65.1");
  });

  it.each([
    [{ browser: { enabled: false } }, "browser-off: the browser is off (browser.enabled in openclaw.json)"],
    [
      { nodeHost: { browserProxy: { enabled: false } } },
      "browser-off: the browser is off (nodeHost.browserProxy.enabled in openclaw.json)",
    ],
    [
      { browser: { executablePath: "/nonexistent" } },
      "no-browser: browser.executablePath names no program that can be started; correct it, or take it out to have a browser found",
    ],
  ])("is off, or not there: %j", async (config, line) => {
    expect(await factsOf(config)).toBe(line);
  });

  it("needs playwright-core", async () => {
    expect(await factsOf({}, { playwrightVersion: () => undefined })).toBe(
      "no-playwright: playwright-core is not installed, so browser calls are refused; npm install -g playwright-core",
    );
  });

  it("needs one that is new enough", async () => {
    expect(await factsOf({}, { playwrightVersion: () => "1.64.9" })).toMatch(
      /^no-playwright: .*playwright-core 1\.64\.9 is too old, 1\.65 or newer is needed/u,
    );
  });

  it("does not start for root with its sandbox", async () => {
    expect(await factsOf({}, { uid: 0 })).toMatch(/^no-sandbox: custom at /u);
    expect(await factsOf({ browser: { noSandbox: true } }, { uid: 0 })).toMatch(/^none: /u);
  });
});
