import { gatewayCredentials, type NodeConfig } from "@openclaw/config-store";
import {
  DEFAULT_GATEWAY_PORT,
  endpointFromParts,
  endpointFromUrl,
  type ConnectCredential,
  type GatewayEndpoint,
  type TlsInput,
} from "@openclaw/gateway-connection";
import { CliError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface GatewayQuestion {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  /** Who is the right server, when that was said; else the configuration may say it. */
  readonly tls?: TlsInput | undefined;
  readonly env: Environment;
  /** Read only when nobody named a url. */
  readonly config: () => NodeConfig;
}

export interface GatewayChoice {
  readonly endpoint: GatewayEndpoint;
  /** Named by option or variable: the configuration's credentials are not for it. */
  readonly explicit: boolean;
  readonly credential: ConnectCredential;
  readonly credentialFrom: "argv" | "environment" | "configuration" | "none";
}

/**
 * Which Gateway, and with which shared secret. Secrets of the configuration go only to the Gateway of the
 * configuration. Throws CliError `bad-option` or `no-gateway`, and what endpoints and configurations throw.
 */
export function chooseGateway(question: GatewayQuestion): GatewayChoice {
  const { env } = question;
  const url = question.url ?? variable(env, "OPENCLAW_GATEWAY_URL");
  if (question.token !== undefined && question.password !== undefined) {
    throw new CliError("bad-option", "give --token or --password, not both");
  }
  const given = argvCredential(question) ?? environmentCredential(env);
  if (url !== undefined) {
    const endpoint = endpointFromUrl(url, question.tls, env);
    return { endpoint, explicit: true, ...(given ?? NOTHING) };
  }
  const config = question.config();
  return {
    endpoint: configuredEndpoint(config, question),
    explicit: false,
    ...(given ?? configuredCredential(config)),
  };
}

type Credential = Pick<GatewayChoice, "credential" | "credentialFrom">;

const NOTHING: Credential = { credential: {}, credentialFrom: "none" };

function argvCredential({ token, password }: GatewayQuestion): Credential | undefined {
  if (token !== undefined) return { credential: { token }, credentialFrom: "argv" };
  return password === undefined ? undefined : { credential: { password }, credentialFrom: "argv" };
}

function environmentCredential(env: Environment): Credential | undefined {
  const token = variable(env, "OPENCLAW_GATEWAY_TOKEN");
  if (token !== undefined) return { credential: { token }, credentialFrom: "environment" };
  const password = variable(env, "OPENCLAW_GATEWAY_PASSWORD");
  return password === undefined ? undefined : { credential: { password }, credentialFrom: "environment" };
}

function configuredCredential(config: NodeConfig): Credential {
  const { token, password } = gatewayCredentials(config, {});
  if (token !== undefined) return { credential: { token }, credentialFrom: "configuration" };
  return password === undefined ? NOTHING : { credential: { password }, credentialFrom: "configuration" };
}

function configuredEndpoint(config: NodeConfig, { env, tls = {} }: GatewayQuestion): GatewayEndpoint {
  const { mode, remote, port } = config.gateway;
  if (mode === "remote") {
    if (remote.url === undefined) {
      throw new CliError("no-gateway", "gateway.mode is remote, but gateway.remote.url names no Gateway", [
        "set gateway.remote.url in openclaw.json, or name the Gateway with --url",
      ]);
    }
    const configured = "tlsFingerprint" in tls ? {} : { tlsFingerprint: remote.tlsFingerprint };
    return endpointFromUrl(remote.url, { ...configured, ...tls }, env);
  }
  return endpointFromParts(
    {
      host: "127.0.0.1",
      port: environmentPort(env) ?? port ?? DEFAULT_GATEWAY_PORT,
      tls: false,
      ...tls,
    },
    env,
  );
}

function environmentPort(env: Environment): number | undefined {
  const text = variable(env, "OPENCLAW_GATEWAY_PORT");
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new CliError("bad-option", `OPENCLAW_GATEWAY_PORT is not a port: \`${text}\``);
  }
  return port;
}

/** Blank, `undefined` and `null` count as unset. */
function variable(env: Environment, name: string): string | undefined {
  const text = Object.hasOwn(env, name) ? env[name]?.trim() : undefined;
  return text === undefined || text === "" || text === "undefined" || text === "null" ? undefined : text;
}
