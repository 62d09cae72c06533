import { readConfig } from "@openclaw/config-store";
import { describe, expect, test } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseGateway, type GatewayQuestion } from "./gateway-choice.ts";

function choose(question: Partial<Omit<GatewayQuestion, "config">>, config: object = {}): object {
  const dir = mkdtempSync(join(tmpdir(), "gateway-choice-"));
  try {
    const configFile = join(dir, "openclaw.json");
    writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
    const env = question.env ?? {};
    const choice = chooseGateway({ env, ...question, config: () => readConfig({ configFile }, env) });
    const { endpoint, credential, credentialFrom } = choice;
    return { url: endpoint.url, pin: endpoint.tlsPins?.[0]?.sha256, ...credential, from: credentialFrom };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const LOCAL = { gateway: { port: 20_000, auth: { token: "config-token" } } };
const REMOTE = {
  gateway: {
    mode: "remote",
    auth: { token: "local-token" },
    remote: { url: "wss://gw.example/oc", token: "remote-token", tlsFingerprint: "ab".repeat(32) },
  },
};

describe("which Gateway", () => {
  test("this machine, when nobody says anything", () => {
    expect(choose({})).toEqual({ url: "ws://127.0.0.1:18789", from: "none" });
  });

  test("the port of the configuration, and the variable before it", () => {
    expect(choose({}, LOCAL)).toMatchObject({ url: "ws://127.0.0.1:20000" });
    expect(choose({ env: { OPENCLAW_GATEWAY_PORT: "20001" } }, LOCAL)).toMatchObject({
      url: "ws://127.0.0.1:20001",
    });
  });

  test("the remote one of the configuration with its pin", () => {
    expect(choose({}, REMOTE)).toEqual({
      url: "wss://gw.example:443/oc",
      pin: "ab".repeat(32),
      token: "remote-token",
      from: "configuration",
    });
  });

  test("the option before the variable before the configuration", () => {
    const env = { OPENCLAW_GATEWAY_URL: "ws://127.0.0.1:3" };
    expect(choose({ url: "ws://127.0.0.1:2", env }, REMOTE)).toMatchObject({ url: "ws://127.0.0.1:2" });
    expect(choose({ env }, REMOTE)).toMatchObject({ url: "ws://127.0.0.1:3" });
  });

  test("a pin alone means TLS", () => {
    expect(choose({ tls: { tlsFingerprint: "cd".repeat(32) } })).toMatchObject({
      url: "wss://127.0.0.1:18789",
    });
  });

  test("nonsense is refused in words", () => {
    expect(() => choose({ env: { OPENCLAW_GATEWAY_PORT: "70000" } })).toThrow(
      /OPENCLAW_GATEWAY_PORT is not a port/u,
    );
    expect(() => choose({}, { gateway: { mode: "remote" } })).toThrow(/gateway.remote.url names no Gateway/u);
    expect(() => choose({ token: "a", password: "b" })).toThrow(/not both/u);
  });
});

describe("with which secret", () => {
  const url = "ws://127.0.0.1:20000";

  test("the configuration's goes only to the configuration's Gateway", () => {
    expect(choose({}, LOCAL)).toMatchObject({ token: "config-token", from: "configuration" });
    // The very same address, but named by somebody: that somebody has to bring the secret.
    expect(choose({ url }, LOCAL)).toEqual({ url, from: "none" });
    expect(choose({ env: { OPENCLAW_GATEWAY_URL: url } }, LOCAL)).toEqual({ url, from: "none" });
  });

  test("a configuration that cannot be read does not matter to a named Gateway", () => {
    const config = (): never => {
      throw new Error("unreadable");
    };
    expect(chooseGateway({ url, token: "t", env: {}, config }).credential).toEqual({ token: "t" });
    expect(() => chooseGateway({ env: {}, config })).toThrow("unreadable");
  });

  test("the environment's goes to whoever is named", () => {
    const env = { OPENCLAW_GATEWAY_TOKEN: "env-token" };
    expect(choose({ url, env }, LOCAL)).toMatchObject({ token: "env-token", from: "environment" });
    expect(choose({ env }, LOCAL)).toMatchObject({ token: "env-token", from: "environment" });
  });

  test("what is typed outranks everything, and is used whole", () => {
    const env = { OPENCLAW_GATEWAY_TOKEN: "env-token" };
    expect(choose({ password: "typed", env }, LOCAL)).toMatchObject({ password: "typed", from: "argv" });
    expect(choose({ password: "typed", env }, LOCAL)).not.toHaveProperty("token");
  });

  test("a blank variable is no variable", () => {
    expect(
      choose({ env: { OPENCLAW_GATEWAY_TOKEN: " ", OPENCLAW_GATEWAY_URL: "undefined" } }, LOCAL),
    ).toMatchObject({
      token: "config-token",
    });
  });
});
