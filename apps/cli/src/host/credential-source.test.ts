import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { resolveStatePaths, type StatePaths } from "@openclaw/config-store";
import { describe, expect, it } from "vitest";
import { credentialSource, type HostCredentials } from "./credential-source.ts";
import { scratchDir } from "./scratch.test.support.ts";

interface Scene {
  readonly paths: StatePaths;
  readonly secrets: Set<string>;
  readonly problems: string[];
  readonly source: HostCredentials;
}

function scene(env: Readonly<Record<string, string>> = {}): Scene {
  const home = scratchDir();
  const paths = resolveStatePaths({ env: { HOME: home }, platform: "linux", osHome: home });
  mkdirSync(dirname(paths.deviceAuthFile), { recursive: true, mode: 0o700 });
  chmodSync(paths.stateDir, 0o700);
  const secrets = new Set<string>();
  const problems: string[] = [];
  const source = credentialSource(paths, env, "node", "d-1", secrets, (problem) => problems.push(problem));
  return { paths, secrets, problems, source };
}

const config = ({ paths }: Scene, text: string): void =>
  writeFileSync(paths.configFile, text, { mode: 0o600 });

describe("configured credentials", () => {
  it("come from the environment, the token before the password", async () => {
    const env = { OPENCLAW_GATEWAY_TOKEN: "env-token", OPENCLAW_GATEWAY_PASSWORD: "env-password" };
    const here = scene(env);
    expect(await here.source.configured()).toEqual({ token: "env-token" });
    expect([...here.secrets]).toEqual(["env-token", "env-password"]);
  });

  it("are read anew each time, and stay when the file is half-edited", async () => {
    const here = scene();
    expect(await here.source.configured()).toEqual({});
    config(here, '{gateway:{auth:{token:"one"}}}');
    expect(await here.source.configured()).toEqual({ token: "one" });
    config(here, '{gateway:{auth:{token:"tw');
    expect(await here.source.configured()).toEqual({ token: "one" });
    expect(await here.source.configured()).toEqual({ token: "one" });
    expect(here.problems).toEqual([expect.stringMatching(/openclaw\.json` is not valid JSON5 at line 1/u)]);
    config(here, '{gateway:{auth:{password:"two"}}}');
    expect(await here.source.configured()).toEqual({ password: "two" });
    config(here, "{");
    await here.source.configured();
    expect(here.problems).toHaveLength(2);
  });
});

describe("the device token", () => {
  it("is kept with its scopes, for its owner only", async () => {
    const { source, paths, secrets } = scene();
    expect(await source.deviceToken()).toBeUndefined();
    await source.saveDeviceToken("device-token", ["a"]);
    expect(await source.deviceToken()).toBe("device-token");
    expect(secrets.has("device-token")).toBe(true);
    expect(JSON.parse(readFileSync(paths.deviceAuthFile, "utf8"))).toMatchObject({
      deviceId: "d-1",
      tokens: { node: { token: "device-token", scopes: ["a"] } },
    });
    await source.dropDeviceToken();
    expect(await source.deviceToken()).toBeUndefined();
  });

  it("costs no working node its link when its file cannot be used", async () => {
    const { source, paths, problems } = scene();
    symlinkSync("/nowhere", paths.deviceAuthFile);
    expect(await source.deviceToken()).toBeUndefined();
    expect(await source.deviceToken()).toBeUndefined();
    await source.saveDeviceToken("device-token", []);
    await source.dropDeviceToken();
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/device-auth\.json` is a symbolic link/u);
  });

  it("is not left where another Gateway could get it", async () => {
    const { source, paths } = scene();
    await source.saveDeviceToken("device-token", []);
    await source.forgetDeviceToken();
    expect(readFileSync(paths.deviceAuthFile, "utf8")).not.toContain("device-token");
    rmSync(paths.deviceAuthFile);
    symlinkSync("/nowhere", paths.deviceAuthFile);
    await expect(source.forgetDeviceToken()).rejects.toThrow("symbolic link");
  });
});
