import { setting } from "./home-directory.ts";
import type { Environment } from "./home-directory.ts";
import type { NodeConfig } from "./node-config.ts";

export interface GatewayCredentials {
  readonly token: string | undefined;
  readonly password: string | undefined;
  /** Where the two come from, for `status` and error messages. */
  readonly source: "environment" | "gateway.remote" | "gateway.auth" | "none";
}

/**
 * The shared secret for the Gateway: OPENCLAW_GATEWAY_TOKEN and OPENCLAW_GATEWAY_PASSWORD, else the configuration
 * (`gateway.remote` in remote mode, `gateway.auth` otherwise). One source is used whole: token and password of
 * different places are never sent together.
 */
export function gatewayCredentials(config: NodeConfig, env: Environment): GatewayCredentials {
  const given = {
    token: setting(env, "OPENCLAW_GATEWAY_TOKEN"),
    password: setting(env, "OPENCLAW_GATEWAY_PASSWORD"),
  };
  if (given.token !== undefined || given.password !== undefined) return { ...given, source: "environment" };
  const remote = config.gateway.mode === "remote";
  const from = remote ? config.gateway.remote : config.gateway.auth;
  const token = nonBlank(from.token);
  const password = nonBlank(from.password);
  if (token === undefined && password === undefined) return { token, password, source: "none" };
  return { token, password, source: remote ? "gateway.remote" : "gateway.auth" };
}

function nonBlank(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text.trim();
}
