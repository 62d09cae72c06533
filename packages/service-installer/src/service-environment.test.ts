import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { captureServiceEnvironment, type EnvironmentQuestion } from "./service-environment.ts";
import { servicePath } from "./service-path.ts";

const question: EnvironmentQuestion = {
  platform: "linux",
  env: {},
  home: "/home/user",
  runtime: "/opt/node/bin/node",
  target: { stateProfile: "default", scope: "user", stateDir: "/home/user/.openclaw" },
  version: "0.1.0",
};

describe("PATH", () => {
  test("Linux: the runtime, the system, then the user's, those that are named first", () => {
    const env = {
      PNPM_HOME: "/data/pnpm/",
      VOLTA_HOME: "relative",
      NVM_DIR: "/a:b",
      BUN_INSTALL: "/home/user/.bun",
    };
    expect(servicePath({ ...question, env })?.split(":")).toEqual([
      "/opt/node/bin",
      "/usr/local/bin",
      "/usr/bin",
      "/bin",
      "/data/pnpm",
      "/home/user/.bun/bin",
      ...[".local/bin", ".npm-global/bin", "bin", ".nvm/current/bin", ".fnm/current/bin"].map(
        (part) => `/home/user/${part}`,
      ),
      ...[".volta/bin", ".asdf/shims", ".local/share/pnpm", ".nix-profile/bin"].map(
        (part) => `/home/user/${part}`,
      ),
    ]);
  });

  test("macOS, as recorded; Windows has none", () => {
    expect(servicePath({ ...question, platform: "darwin" })).toBe(
      "/opt/node/bin:/opt/homebrew/bin:/opt/homebrew/sbin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    );
    expect(servicePath({ ...question, platform: "win32" })).toBeUndefined();
  });

  test("only absolute parts, each once, whatever the environment says", () => {
    const names = ["PNPM_HOME", "NPM_CONFIG_PREFIX", "BUN_INSTALL", "NVM_DIR", "PATH"];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.string({ unit: "binary" })),
        fc.string(),
        (env, home) => {
          const parts = servicePath({ ...question, env, home })?.split(":") ?? [];
          expect(parts.slice(0, 4)).toEqual(["/opt/node/bin", "/usr/local/bin", "/usr/bin", "/bin"]);
          expect(new Set(parts).size).toBe(parts.length);
          expect(parts.filter((part) => !part.startsWith("/") || /\p{Cc}/u.test(part))).toEqual([]);
        },
      ),
    );
  });
});

test("the recorded names in their order, without those that are not set", () => {
  const { environment, secrets } = captureServiceEnvironment(question);
  expect([...environment.keys()]).toEqual([
    "HOME",
    "PATH",
    "OPENCLAW_STATE_DIR",
    "OPENCLAW_LAUNCHD_LABEL",
    "OPENCLAW_SYSTEMD_UNIT",
    "OPENCLAW_WINDOWS_TASK_NAME",
    "OPENCLAW_TASK_SCRIPT_NAME",
    "OPENCLAW_LOG_PREFIX",
    "OPENCLAW_SERVICE_MARKER",
    "OPENCLAW_SERVICE_KIND",
    "OPENCLAW_SERVICE_VERSION",
  ]);
  expect(secrets.size).toBe(0);
});

test("a state profile is in the names and stored", () => {
  const target = { ...question.target, stateProfile: "lab" };
  const { environment } = captureServiceEnvironment({ ...question, target });
  expect(environment.get("OPENCLAW_PROFILE")).toBe("lab");
  expect(environment.get("OPENCLAW_SYSTEMD_UNIT")).toBe("openclaw-node-lab");
  expect(environment.get("OPENCLAW_LAUNCHD_LABEL")).toBe("ai.openclaw.node.lab");
  expect(environment.get("OPENCLAW_WINDOWS_TASK_NAME")).toBe("OpenClaw Node (lab)");
});

test("secrets are apart, also in the address of a proxy; blank ones are left out", () => {
  const env = {
    OPENCLAW_GATEWAY_TOKEN: "t",
    OPENCLAW_GATEWAY_PASSWORD: " ",
    HTTPS_PROXY: "http://ann:pw@proxy:3128",
    no_proxy: "localhost",
    NODE_EXTRA_CA_CERTS: "/etc/ca.pem",
    NODE_OPTIONS: "--require=/x",
    LD_PRELOAD: "/x.so",
  };
  const { environment, secrets } = captureServiceEnvironment({ ...question, env });
  expect(Object.fromEntries(secrets)).toEqual({
    OPENCLAW_GATEWAY_TOKEN: "t",
    HTTPS_PROXY: "http://ann:pw@proxy:3128",
  });
  expect(environment.get("no_proxy")).toBe("localhost");
  expect(environment.get("NODE_EXTRA_CA_CERTS")).toBe("/etc/ca.pem");
  expect(environment.has("NODE_OPTIONS") || environment.has("LD_PRELOAD")).toBe(false);
});
