import { formatTlsPin, type GatewayEndpoint } from "@openclaw/gateway-connection";
import * as z from "zod/mini";
import { OPERATOR_LIMITS } from "./limits.ts";

export interface GatewayToken {
  readonly token: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly updatedAtMs: number;
}

/** The device tokens of one operator identity, each bound to the Gateway that gave it. */
export interface GatewayTokens {
  readonly deviceId: string;
  readonly gateways: Readonly<Record<string, GatewayToken>>;
}

const tokensSchema: z.ZodMiniType<GatewayTokens & { readonly version: 1 }> = z.object({
  version: z.literal(1),
  deviceId: z.string(),
  gateways: z.record(
    z.string(),
    z.object({
      token: z.string().check(z.minLength(1)),
      scopes: z.array(z.string()),
      updatedAtMs: z.number(),
    }),
  ),
});

/**
 * Names a Gateway: its url and, where some were given, the first of its pins. Another pin is another Gateway; one more pin
 * behind it, for a renewal, is not.
 */
export function gatewayKey({ url, tlsPins }: GatewayEndpoint): string {
  const pin = tlsPins?.[0];
  if (pin === undefined) return url;
  return pin.kind === "certificate" ? `${url} sha256:${pin.sha256}` : `${url} ${formatTlsPin(pin)}`;
}

/** Reads the file's text; whatever is broken or belongs to another identity counts as no token. */
export function parseGatewayTokens(text: string | undefined, deviceId: string): GatewayTokens {
  const empty: GatewayTokens = { deviceId, gateways: {} };
  if (text === undefined) return empty;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return empty;
  }
  const parsed = tokensSchema.safeParse(value);
  return parsed.success && parsed.data.deviceId === deviceId ? parsed.data : empty;
}

export function tokenFor(tokens: GatewayTokens, endpoint: GatewayEndpoint): string | undefined {
  const key = gatewayKey(endpoint);
  return Object.hasOwn(tokens.gateways, key) ? tokens.gateways[key]?.token : undefined;
}

/** With one more token; the oldest ones go when there are too many. */
export function withToken(
  tokens: GatewayTokens,
  endpoint: GatewayEndpoint,
  given: { readonly token: string; readonly scopes: readonly string[] },
  now: number,
): GatewayTokens {
  const key = gatewayKey(endpoint);
  const others = Object.entries(tokens.gateways)
    .filter(([other]) => other !== key)
    .toSorted(([, a], [, b]) => b.updatedAtMs - a.updatedAtMs)
    .slice(0, OPERATOR_LIMITS.gatewayTokens - 1);
  const token = { token: given.token, scopes: [...given.scopes], updatedAtMs: now };
  return { ...tokens, gateways: Object.fromEntries([...others, [key, token]]) };
}

export function withoutToken(tokens: GatewayTokens, endpoint: GatewayEndpoint): GatewayTokens {
  const { [gatewayKey(endpoint)]: _dropped, ...gateways } = tokens.gateways;
  return { ...tokens, gateways };
}

export function formatGatewayTokens({ deviceId, gateways }: GatewayTokens): string {
  return `${JSON.stringify({ version: 1, deviceId, gateways }, null, 2)}\n`;
}
