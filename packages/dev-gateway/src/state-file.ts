import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseJsonText, ROLES } from "@openclaw/protocol";
import * as z from "zod/mini";
import { documentSchema } from "./approvals-document.ts";
import { DevGatewayError } from "./errors.ts";
import type { GatewayState } from "./gateway-state.ts";
import { LIMITS } from "./limits.ts";

/** Nothing in the state is longer than the largest first frame of any era. */
const text = z.string().check(z.maxLength(524_288));
const names = z.array(text).check(z.maxLength(LIMITS.surfaceNames));
const time = z.number().check(z.nonnegative());

const tokenSchema = z.object({
  role: z.enum(ROLES),
  token: text.check(z.minLength(1)),
  scopes: names,
  createdAtMs: time,
  rotatedAtMs: z.optional(time),
  revokedAtMs: z.optional(time),
  lastUsedAtMs: z.optional(time),
});

const deviceSchema = z.object({
  deviceId: text.check(z.minLength(1)),
  publicKey: text.check(z.minLength(1)),
  displayName: z.optional(text),
  platform: text,
  deviceFamily: z.optional(text),
  clientId: text,
  clientMode: text,
  remoteIp: z.optional(text),
  role: z.enum(ROLES),
  roles: z.array(z.enum(ROLES)).check(z.maxLength(ROLES.length)),
  scopes: names,
  approvedVia: z.enum(["silent", "owner"]),
  createdAtMs: time,
  approvedAtMs: time,
  lastSeenAtMs: z.optional(time),
  tokens: z.object({ node: z.optional(tokenSchema), operator: z.optional(tokenSchema) }),
});

const surfaceSchema = z.object({
  nodeId: text.check(z.minLength(1)),
  token: text,
  displayName: z.optional(text),
  platform: text,
  version: text,
  deviceFamily: z.optional(text),
  remoteIp: z.optional(text),
  clientId: text,
  clientMode: text,
  caps: names,
  commands: names,
  createdAtMs: time,
  approvedAtMs: time,
  lastConnectedAtMs: z.optional(time),
});

const stateSchema = z.object({
  version: z.literal(1),
  token: text.check(z.minLength(1)),
  devices: z.array(deviceSchema).check(z.maxLength(LIMITS.devices)),
  surfaces: z.array(surfaceSchema).check(z.maxLength(LIMITS.devices)),
  execApprovals: z.optional(documentSchema),
});

/** The state in a file; undefined when there is no file. A file that cannot be trusted stops the start. */
export function readState(path: string): GatewayState | undefined {
  let raw: string;
  try {
    if (statSync(path).size > LIMITS.stateBytes) throw unreadable(path, "it is too large");
    raw = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof DevGatewayError) throw cause;
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw unreadable(path, "it cannot be read", cause);
  }
  const json = parseJsonText(raw, "state file", LIMITS.stateBytes);
  const parsed = json.ok ? stateSchema.safeParse(json.value) : undefined;
  if (parsed?.success !== true) throw unreadable(path, "it is not a state file of this program");
  const { token, devices, surfaces, execApprovals } = parsed.data;
  return {
    token,
    devices: new Map(devices.map((device) => [device.deviceId, device])),
    surfaces: new Map(surfaces.map((surface) => [surface.nodeId, surface])),
    ...(execApprovals === undefined ? {} : { execApprovals }),
  };
}

/** Replaces the file in one step; only its owner can read it, because it holds tokens. */
export function writeState(path: string, state: GatewayState): void {
  const document = {
    version: 1,
    token: state.token,
    devices: [...state.devices.values()],
    surfaces: [...state.surfaces.values()],
    execApprovals: state.execApprovals,
  };
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (cause) {
    throw new DevGatewayError(
      "state-unwritable",
      `the state file \`${path}\` cannot be written; choose a path in a directory that you own`,
      { path },
      { cause },
    );
  }
}

function unreadable(path: string, why: string, cause?: unknown): DevGatewayError {
  return new DevGatewayError(
    "state-unreadable",
    `the state file \`${path}\` is not used, because ${why}; move it away or choose another path`,
    { path },
    cause === undefined ? {} : { cause },
  );
}
