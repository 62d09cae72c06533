import type { Duplex } from "node:stream";
import { connectTrusted } from "./connect-trusted.ts";
import { dial } from "./dial.ts";
import type { GatewayEndpoint } from "./endpoint.ts";
import { isLoopback } from "./plaintext.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The stream that the upgrade request goes over, through the environment's proxy if it names one. `onResolved` is called
 * when addresses are known, or at once where a proxy is asked.
 */
export async function openStream(
  endpoint: GatewayEndpoint,
  giveUp: AbortSignal,
  env: Environment,
  onResolved?: () => void,
): Promise<Duplex> {
  const tunnel = await tunnelFor(endpoint, giveUp, env);
  if (tunnel !== undefined) onResolved?.();
  const through = tunnel ?? (async () => await dial(endpoint, giveUp, { onResolved }));
  if (!endpoint.secure) return await through();
  const { tlsPins: pins, tlsCaFile } = endpoint;
  const ca = tlsCaFile === undefined ? undefined : await (await import("./ca-file.ts")).readCaFile(tlsCaFile);
  return await connectTrusted(endpoint, { pins, ca }, giveUp, env, through);
}

/** How to get to the Gateway other than directly; its code is loaded where some variable speaks of a proxy. */
export async function tunnelFor(
  endpoint: Pick<GatewayEndpoint, "host" | "port" | "secure">,
  giveUp: AbortSignal,
  env: Environment,
): Promise<(() => Promise<Duplex>) | undefined> {
  if (isLoopback(endpoint.host) || !PROXY_VARIABLES.some((name) => (env[name] ?? "") !== ""))
    return undefined;
  const { proxyFor } = await import("./proxy-choice.ts");
  const proxy = proxyFor(endpoint, env);
  if (proxy === undefined) return undefined;
  const { openTunnel } = await import("./proxy-tunnel.ts");
  return async () => await openTunnel(endpoint, proxy, giveUp, env);
}

const PROXY_VARIABLES = ["https_proxy", "http_proxy", "all_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);
