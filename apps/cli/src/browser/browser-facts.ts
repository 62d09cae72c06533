import {
  findBrowser,
  installedPlaywright,
  isTooOldPlaywright,
  OLDEST_PLAYWRIGHT,
  thisMachine,
  type BrowserKind,
} from "@openclaw/browser-proxy";
import type { NodeConfig } from "@openclaw/config-store";
import { offersBrowser } from "./offers-browser.ts";

/** Whether this machine has what browser calls need. */
export interface BrowserFacts {
  readonly kind?: BrowserKind;
  readonly path?: string;
  /** The version of what drives pages. */
  readonly playwright?: string;
  /** Why calls would fail, and what to do. */
  readonly problem?: BrowserProblem;
}

export interface BrowserProblem {
  readonly code: "browser-off" | "no-browser" | "no-playwright" | "no-sandbox";
  readonly text: string;
  /** Ready to be typed, where there is one command for it. */
  readonly command?: string;
}

export interface BrowserFactsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks no other program; the browser that is found may be another than the default one of the system. */
  readonly quick?: boolean;
  /** Where the driver would load it from. */
  readonly playwrightVersion?: () => string | undefined;
  readonly uid?: number | undefined;
}

export async function browserFacts(
  config: Pick<NodeConfig, "browser" | "nodeHost">,
  options: BrowserFactsOptions,
): Promise<BrowserFacts> {
  const { env, quick = false, playwrightVersion = installedPlaywright, uid = process.getuid?.() } = options;
  if (!offersBrowser(config)) return { problem: offProblem(config) };
  const { executablePath, noSandbox } = config.browser;
  const machine = quick ? { ...thisMachine, run: () => Promise.resolve(undefined) } : thisMachine;
  const found = await findBrowser({ executablePath, env, machine });
  const playwright = playwrightVersion();
  const facts: BrowserFacts = {
    ...(found.ok ? { kind: found.kind, path: found.path } : {}),
    ...(playwright === undefined ? {} : { playwright }),
  };
  if (!found.ok) return { ...facts, problem: { code: "no-browser", text: found.sentence } };
  if (playwright === undefined) return { ...facts, problem: NO_PLAYWRIGHT };
  if (isTooOldPlaywright(playwright)) return { ...facts, problem: oldPlaywright(playwright) };
  if (uid === 0 && noSandbox !== true && process.platform === "linux") return { ...facts, problem: AS_ROOT };
  return facts;
}

const NO_PLAYWRIGHT: BrowserProblem = {
  code: "no-playwright",
  text: "playwright-core is not installed, so browser calls are refused",
  command: "npm install -g playwright-core",
};

function oldPlaywright(version: string): BrowserProblem {
  const text = `playwright-core ${version} is too old, ${OLDEST_PLAYWRIGHT} or newer is needed, so browser calls are refused`;
  return { ...NO_PLAYWRIGHT, text };
}

const AS_ROOT: BrowserProblem = {
  code: "no-sandbox",
  text: "this is root, for whom browsers do not start with their sandbox; use another account, or set browser.noSandbox",
};

function offProblem({ browser }: Pick<NodeConfig, "browser">): BrowserProblem {
  const key = browser.enabled === false ? "browser.enabled" : "nodeHost.browserProxy.enabled";
  return { code: "browser-off", text: `the browser is off (${key} in openclaw.json)` };
}

/** One line: what is there, or what is missing. */
export function browserLine({ kind, path, playwright, problem }: BrowserFacts): string {
  if (problem !== undefined && problem.code !== "no-sandbox")
    return problem.command === undefined ? problem.text : `${problem.text}; ${problem.command}`;
  return `${kind ?? "browser"} at ${path ?? "an unknown place"}, playwright-core ${playwright ?? "unknown"}`;
}
