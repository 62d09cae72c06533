import { invalidRequest, refused, type Answer } from "./answers.ts";
import type { Session } from "./connection.ts";
import type { EraRules } from "./era.ts";
import { covers } from "./pairing-need.ts";

/** The refusal when a session lacks one of these scopes; undefined when it has them all. */
export function missingScope(
  rules: EraRules,
  session: Session,
  required: readonly string[],
): Answer | undefined {
  const missing = required.find((scope) => !covers(session.scopes, scope));
  if (missing === undefined) return undefined;
  const message = `missing scope: ${missing}`;
  if (!rules.forbiddenCode) return invalidRequest(message);
  return refused("FORBIDDEN", message, {
    code: "MISSING_SCOPE",
    missingScope: missing,
    requiredScopes: required,
  });
}
