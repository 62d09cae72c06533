import type { Role } from "@openclaw/protocol";

export interface DeviceToken {
  readonly token: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly updatedAtMs: number;
}

/** Content of `identity/device-auth.json`: the device's tokens by role. Source: protocol section 2.2. */
export interface DeviceTokens {
  readonly deviceId: string;
  readonly tokens: Readonly<Record<string, DeviceToken>>;
}

/** Reads the file's text; whatever is broken or belongs to another device counts as no token. */
export function parseDeviceTokens(text: string | undefined, deviceId: string): DeviceTokens {
  const empty: DeviceTokens = { deviceId, tokens: {} };
  if (text === undefined) return empty;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return empty;
  }
  if (
    !isRecord(value) ||
    value["version"] !== 1 ||
    value["deviceId"] !== deviceId ||
    !isRecord(value["tokens"])
  ) {
    return empty;
  }
  const tokens: [string, DeviceToken][] = [];
  for (const [role, entry] of Object.entries(value["tokens"])) {
    if (!isRecord(entry) || typeof entry["token"] !== "string" || entry["token"] === "") continue;
    const scopes = Array.isArray(entry["scopes"]) ? entry["scopes"] : [];
    tokens.push([
      role,
      {
        token: entry["token"],
        role,
        scopes: scopes.filter((scope) => typeof scope === "string"),
        updatedAtMs: typeof entry["updatedAtMs"] === "number" ? entry["updatedAtMs"] : 0,
      },
    ]);
  }
  // Role names come from a file: as own keys, whatever they are called.
  return { deviceId, tokens: Object.fromEntries(tokens) };
}

/** The token that a hello gave. The same token again keeps what is stored with it. Source: protocol section 3.3. */
export function withDeviceToken(
  tokens: DeviceTokens,
  role: Role,
  token: string,
  scopes: readonly string[],
  now: number,
): DeviceTokens {
  if (tokens.tokens[role]?.token === token) return tokens;
  return {
    ...tokens,
    tokens: { ...tokens.tokens, [role]: { token, role, scopes: [...scopes], updatedAtMs: now } },
  };
}

export function withoutDeviceToken(tokens: DeviceTokens, role: Role): DeviceTokens {
  const { [role]: _dropped, ...rest } = tokens.tokens;
  return { ...tokens, tokens: rest };
}

export function formatDeviceTokens(tokens: DeviceTokens): string {
  return `${JSON.stringify({ version: 1, deviceId: tokens.deviceId, tokens: tokens.tokens }, null, 2)}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
