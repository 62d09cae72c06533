import * as z from "zod/mini";
import { nonEmptyText, wholeNumber } from "./field-schemas.ts";
import type { ConnectParams } from "./handshake.ts";
import { CLIENT_IDS, CLIENT_MODES, ROLES } from "./roles.ts";

const text = z.optional(z.string());
const name = z.optional(nonEmptyText);
const names = z.optional(z.array(nonEmptyText));
const protocolNumber = z.int().check(z.minimum(1));

/** The closed schema of a Gateway, for whoever receives a connect. Source: protocol section 2.1. */
export const connectParamsSchema: z.ZodMiniType<ConnectParams> = z.strictObject({
  minProtocol: protocolNumber,
  maxProtocol: protocolNumber,
  client: z.strictObject({
    id: z.enum(CLIENT_IDS),
    mode: z.enum(CLIENT_MODES),
    version: nonEmptyText,
    platform: nonEmptyText,
    displayName: name,
    deviceFamily: name,
    modelIdentifier: name,
    instanceId: name,
  }),
  role: z.optional(z.enum(ROLES)),
  scopes: names,
  caps: names,
  commands: names,
  permissions: z.optional(z.record(z.string(), z.boolean())),
  pathEnv: text,
  auth: z.optional(z.strictObject({ token: text, password: text, deviceToken: text, bootstrapToken: text })),
  device: z.optional(
    z.strictObject({
      id: nonEmptyText,
      publicKey: nonEmptyText,
      signature: nonEmptyText,
      signedAt: wholeNumber,
      nonce: nonEmptyText,
    }),
  ),
  locale: text,
  userAgent: text,
});
