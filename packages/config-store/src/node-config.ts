import { loadConfig } from "./config-includes.ts";
import { configReader } from "./config-values.ts";
import type { ConfigReader } from "./config-values.ts";
import type { Environment } from "./home-directory.ts";
import type { StatePaths } from "./state-paths.ts";

/** What a node host reads from `openclaw.json`. Absent stays absent: defaults belong to whoever uses a value. */
export interface NodeConfig {
  /** The files that were read, the main one first. Empty when there is no configuration. */
  readonly files: readonly string[];
  readonly gateway: GatewayConfig;
  readonly browser: BrowserConfig;
  readonly nodeHost: { readonly browserProxy: BrowserProxyConfig };
  readonly tools: { readonly exec: ExecConfig };
}

export interface GatewayConfig {
  /** 1 to 65535. */
  readonly port: number | undefined;
  readonly mode: "local" | "remote" | undefined;
  readonly bind: string | undefined;
  readonly auth: {
    readonly mode: string | undefined;
    readonly token: string | undefined;
    readonly password: string | undefined;
  };
  readonly remote: {
    readonly url: string | undefined;
    readonly token: string | undefined;
    readonly password: string | undefined;
    readonly tlsFingerprint: string | undefined;
  };
}

export interface BrowserProxyConfig {
  readonly enabled: boolean | undefined;
  /** As written; empty or undefined sets no limit (browser proxy section 4). */
  readonly allowProfiles: readonly string[] | undefined;
}

export interface ExecConfig {
  /** Code in arguments (`python3 -c …`) always needs an approval (exec section 2.3, step 6). */
  readonly strictInlineEval: boolean | undefined;
  /** Replaces the programs that need no entry while they only read their input (exec section 3.7); no blank names. */
  readonly safeBins: readonly string[] | undefined;
}

export interface BrowserConfig {
  readonly enabled: boolean | undefined;
  readonly evaluateEnabled: boolean | undefined;
  readonly executablePath: string | undefined;
  readonly headless: boolean | undefined;
  readonly noSandbox: boolean | undefined;
  readonly attachOnly: boolean | undefined;
  readonly extraArgs: readonly string[] | undefined;
  readonly defaultProfile: string | undefined;
  /** By browser profile name. */
  readonly profiles: ReadonlyMap<string, BrowserProfileConfig>;
  readonly remoteCdpTimeoutMs: number | undefined;
  readonly remoteCdpHandshakeTimeoutMs: number | undefined;
  readonly ssrfPolicy: {
    /** The older `allowPrivateNetwork` counts when the newer key is absent. */
    readonly dangerouslyAllowPrivateNetwork: boolean | undefined;
    readonly allowedHostnames: readonly string[] | undefined;
    readonly hostnameAllowlist: readonly string[] | undefined;
    readonly blockedHostnames: readonly string[] | undefined;
  };
}

export interface BrowserProfileConfig {
  readonly cdpPort: number | undefined;
  readonly cdpUrl: string | undefined;
  readonly color: string | undefined;
  readonly driver: string | undefined;
  readonly attachOnly: boolean | undefined;
}

/**
 * Reads and checks the configuration (JSON5, `$include`, `${VAR}`). A missing file is an empty configuration; keys that
 * are not ours are neither checked nor expanded. Throws StoreError `bad-config` that names file and key, or a file error.
 */
export function readConfig(paths: Pick<StatePaths, "configFile">, env: Environment): NodeConfig {
  const { root, files } = loadConfig(paths.configFile);
  const reader = configReader(root, paths.configFile, env);
  return {
    files,
    gateway: gatewayConfig(reader.object("gateway")),
    browser: browserConfig(reader.object("browser")),
    nodeHost: {
      browserProxy: browserProxyConfig(reader.object("nodeHost").object("browserProxy")),
    },
    tools: { exec: execConfig(reader.object("tools").object("exec")) },
  };
}

function gatewayConfig(gateway: ConfigReader): GatewayConfig {
  const auth = gateway.object("auth");
  const remote = gateway.object("remote");
  return {
    port: gateway.integer("port", 1, 65_535),
    mode: gateway.word("mode", ["local", "remote"]),
    bind: gateway.text("bind"),
    auth: { mode: auth.text("mode"), token: auth.text("token"), password: auth.text("password") },
    remote: {
      url: remote.text("url"),
      token: remote.text("token"),
      password: remote.text("password"),
      tlsFingerprint: remote.text("tlsFingerprint"),
    },
  };
}

function browserProxyConfig(proxy: ConfigReader): BrowserProxyConfig {
  return {
    enabled: proxy.flag("enabled"),
    allowProfiles: proxy.texts("allowProfiles"),
  };
}

function execConfig(exec: ConfigReader): ExecConfig {
  return {
    strictInlineEval: exec.flag("strictInlineEval"),
    safeBins: exec
      .texts("safeBins")
      ?.map((name) => name.trim())
      .filter((name) => name !== ""),
  };
}

function browserConfig(browser: ConfigReader): BrowserConfig {
  const policy = browser.object("ssrfPolicy");
  const profiles = browser.object("profiles");
  return {
    enabled: browser.flag("enabled"),
    evaluateEnabled: browser.flag("evaluateEnabled"),
    executablePath: browser.text("executablePath"),
    headless: browser.flag("headless"),
    noSandbox: browser.flag("noSandbox"),
    attachOnly: browser.flag("attachOnly"),
    extraArgs: browser.texts("extraArgs"),
    defaultProfile: browser.text("defaultProfile"),
    profiles: new Map(profiles.keys().map((name) => [name, profileConfig(profiles.object(name))])),
    remoteCdpTimeoutMs: browser.integer("remoteCdpTimeoutMs", 1, 600_000),
    remoteCdpHandshakeTimeoutMs: browser.integer("remoteCdpHandshakeTimeoutMs", 1, 600_000),
    ssrfPolicy: {
      dangerouslyAllowPrivateNetwork:
        policy.flag("dangerouslyAllowPrivateNetwork") ?? policy.flag("allowPrivateNetwork"),
      allowedHostnames: policy.texts("allowedHostnames"),
      hostnameAllowlist: policy.texts("hostnameAllowlist"),
      blockedHostnames: policy.texts("blockedHostnames"),
    },
  };
}

function profileConfig(profile: ConfigReader): BrowserProfileConfig {
  return {
    cdpPort: profile.integer("cdpPort", 1, 65_535),
    cdpUrl: profile.text("cdpUrl"),
    color: profile.text("color"),
    driver: profile.text("driver"),
    attachOnly: profile.flag("attachOnly"),
  };
}
