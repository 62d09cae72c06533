import type { StatePaths } from "@openclaw/config-store";
import {
  ConnectionError,
  endpointFromParts,
  type ClientProfile,
  type DeviceIdentity,
  type GatewayWay,
  type TlsInput,
} from "@openclaw/gateway-connection";
import type { CommandInput } from "../command.ts";
import type { HostCredentials } from "../host/credential-source.ts";
import { headerOptions, type HeaderSources } from "../host/gateway-headers.ts";
import { gatewayWay } from "../host/gateway-way.ts";
import { trustOptions } from "../host/gateway-trust.ts";
import { readNodeFile, updateNodeFile, type NodeFile } from "../host/node-file.ts";
import { planNodeFile, settleNodeFile, type SettledNode } from "../host/node-settings.ts";
import { parseJoinUrl, redeemJoinUrl, type JoinUrl } from "./join-url.ts";
import { checkPairOptions, optionsFor } from "./pair-options.ts";
import type { GivenCode } from "./read-code.ts";
import { redeemCode, type DeviceGrant } from "./redeem-code.ts";
import { parseSetupCode, type SetupCode } from "./setup-code.ts";

export interface PairingParts {
  readonly paths: StatePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly identity: DeviceIdentity;
  readonly credentials: HostCredentials;
  /** Nothing of the code may be shown. */
  readonly secrets: Set<string>;
  readonly log: { info(text: string): void; warn(text: string): void };
  readonly profileOf: (node: NodeFile) => ClientProfile;
  readonly signal: AbortSignal;
}

/**
 * Pairs this machine by a code, and saves what stays of it: the Gateway's address and pin, and the device token. Until
 * the Gateway has said yes nothing is saved. Throws CliError, ConnectionError, StoreError.
 */
export async function pairNode(given: GivenCode, input: CommandInput, parts: PairingParts): Promise<void> {
  const { log, secrets, env, paths } = parts;
  checkPairOptions(input);
  if (given.warning !== undefined) log.warn(given.warning);
  secrets.add(given.text);
  const saved = readNodeFile(paths.nodeFile)?.gateway;
  const join = parseJoinUrl(given.text);
  if (join !== undefined) secrets.add(join.path);
  const code =
    join === undefined
      ? parseSetupCode(given.text)
      : await redeemJoinUrl(
          join,
          trustFor(join, input, saved),
          wayFor(join, headerOptions(input) ?? savedFor(join, saved)?.headers, parts),
        );
  secrets.add(code.bootstrapToken);
  const { wish, grant } = await redeemAnywhere(code, input, saved, parts);
  // Tokens of another Gateway go before its address does.
  await parts.credentials.forgetDeviceToken();
  const { endpoint } = await settleNodeFile(paths.nodeFile, wish, env);
  await updateNodeFile(paths.nodeFile, (before) => ({ ...before, pairedByCode: true }));
  await parts.credentials.saveDeviceToken(grant.token, grant.scopes);
  log.info(`paired with the Gateway at ${endpoint.url}; the code is used up and not kept`);
}

/** The addresses of the code in their order; the next one only where nobody took the code. */
async function redeemAnywhere(
  code: SetupCode,
  input: CommandInput,
  saved: NodeFile["gateway"],
  parts: PairingParts,
): Promise<{ readonly wish: CommandInput; readonly grant: DeviceGrant }> {
  const { log, env, paths } = parts;
  for (const [index, url] of code.urls.entries()) {
    try {
      const wish = optionsFor(input, url, code, env);
      const planned = planNodeFile(paths.nodeFile, wish, env);
      tellChange(saved, planned, log);
      return { wish, grant: await redeem(planned, code, parts) };
    } catch (error) {
      if (!(error instanceof ConnectionError) || !ELSEWHERE.has(error.code)) throw error;
      if (index + 1 >= code.urls.length) throw error;
      log.warn(`${error.message}; trying the next address of the pairing code`);
    }
  }
  throw new Error("a code has an address");
}

const ELSEWHERE: ReadonlySet<string> = new Set([
  "unreachable",
  "not-a-gateway",
  "handshake-timeout",
  "closed",
  "insecure-endpoint",
]);

async function redeem(
  { node, endpoint }: SettledNode,
  code: SetupCode,
  parts: PairingParts,
): Promise<DeviceGrant> {
  const { identity, profileOf, log, signal } = parts;
  if (endpoint.warning !== undefined) log.warn(endpoint.warning);
  return await redeemCode({
    endpoint,
    profile: profileOf(node),
    identity,
    code,
    signal,
    way: wayFor(endpoint, node.gateway.headers, parts),
    onWaiting: (requestId) => {
      const what =
        requestId === undefined ? "openclaw devices list" : `openclaw devices approve ${requestId}`;
      log.info(`this code lets an operator decide; waiting, on the Gateway: ${what}`);
    },
  });
}

function wayFor(
  { secure }: { readonly secure: boolean },
  headers: HeaderSources | undefined,
  { env, secrets }: PairingParts,
): GatewayWay {
  return gatewayWay({ env, headers, secure, onSecret: (secret) => secrets.add(secret) });
}

function tellChange(
  saved: NodeFile["gateway"],
  { endpoint, tokensAreForeign }: SettledNode,
  log: PairingParts["log"],
): void {
  if (saved === undefined || !tokensAreForeign) return;
  log.warn(`the pairing code changes the saved Gateway from ${urlOf(saved)} to ${endpoint.url}`);
}

function urlOf(saved: NonNullable<NodeFile["gateway"]>): string {
  try {
    return endpointFromParts(saved, { OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: "1" }).url;
  } catch {
    return `${saved.host}:${saved.port}`;
  }
}

/** The pin of the command line, else the one saved for this very server. */
function trustFor(join: JoinUrl, input: CommandInput, saved: NodeFile["gateway"]): TlsInput {
  const typed = trustOptions(input);
  const here = savedFor(join, saved);
  if (Object.keys(typed).length > 0 || here === undefined) return typed;
  const { tlsFingerprint, tlsPins, tlsCa } = here;
  return { tlsFingerprint, tlsPins, tlsCa };
}

function savedFor({ host, port }: JoinUrl, saved: NodeFile["gateway"]): NodeFile["gateway"] {
  return saved?.host.toLowerCase() === host && saved.port === port ? saved : undefined;
}
