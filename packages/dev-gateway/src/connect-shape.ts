import { connectParamsSchema, ROLES, type ConnectParams, type Role } from "@openclaw/protocol";
import * as z from "zod/mini";
import type { EraRules } from "./era.ts";
import { isFields, type Fields } from "./plain-object.ts";
import { check } from "./validation-text.ts";

export type ConnectShape =
  | {
      readonly ok: true;
      readonly params: ConnectParams;
      /** Undefined for a role that nobody knows. */
      readonly role: Role | undefined;
    }
  | { readonly ok: false; readonly message: string };

const roleSchema = z.strictObject({ role: z.optional(z.string().check(z.minLength(1))) });

/** Stands for an absent nonce: it can never be the challenge's. */
const NO_NONCE = " ";

/**
 * Checks params of connect against the closed schema. The role may be any text here; a
 * foreign one is refused later, in its own words. Source: protocol section 2.1.
 */
export function connectShape(raw: unknown, rules: EraRules): ConnectShape {
  const invalid = (text: string): ConnectShape => ({
    ok: false,
    message: `invalid connect params: ${text}`,
  });
  if (!isFields(raw)) return invalid("must be object");
  const asked = raw["role"];
  const role = asked === undefined ? "operator" : ROLES.find((name) => name === asked);
  const { role: _role, ...others } = raw;
  const checked = check(connectParamsSchema, { ...others, ...deviceWithNonce(raw, rules) }, rules);
  if (!checked.ok) return invalid(checked.text);
  const roleText = check(roleSchema, { role: asked }, rules);
  if (!roleText.ok) return invalid(roleText.text);
  const { auth } = checked.value;
  const unknown = (["deviceToken", "bootstrapToken"] as const).find(
    (name) => auth?.[name] !== undefined && !rules.tokenFields,
  );
  if (unknown !== undefined) return invalid(`at /auth: unexpected property '${unknown}'`);
  return { ok: true, params: { ...checked.value, role }, role };
}

/** In the oldest era the nonce may be left out. */
function deviceWithNonce(raw: Fields, rules: EraRules): { readonly device?: unknown } {
  const device = raw["device"];
  if (rules.nonceRequired || !isFields(device) || "nonce" in device) return {};
  return { device: { ...device, nonce: NO_NONCE } };
}
