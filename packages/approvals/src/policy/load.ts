import { exceedsBytes } from "@openclaw/protocol";
import { LIMITS } from "../limits.ts";
import { visibleText } from "../quote.ts";
import type { PolicyProblem } from "../rule.ts";
import type { LoadedPolicy } from "./document.ts";
import { hashPolicyText } from "./hash.ts";
import { placeOf, readJsonText, type Places } from "./json-text.ts";
import { readDocument } from "./read.ts";

/**
 * Reads the text of the policy file; `undefined` means that there is none. A text that
 * cannot be trusted gives `malformed`, which denies everything and says where it is wrong.
 * Source: exec section 1.4.
 */
export function loadPolicy(text: string | undefined): LoadedPolicy {
  const hash = hashPolicyText(text);
  if (text === undefined) {
    const document = { defaults: {}, agents: new Map() };
    return { kind: "ok", exists: false, hash, document, json: { version: 1 } };
  }
  const malformed = (problem: PolicyProblem): LoadedPolicy => ({
    kind: "malformed",
    exists: true,
    hash,
    // Names out of the file stand in it.
    problem: { ...problem, message: visibleText(problem.message, LIMITS.reasonChars) },
  });
  if (exceedsBytes(text, LIMITS.policyBytes)) {
    return malformed({ message: `the policy is larger than ${LIMITS.policyBytes} bytes` });
  }
  const parsed = readJsonText(text, LIMITS.policyDepth);
  if (!parsed.ok) return malformed(parsed.problem);
  const read = readDocument(parsed.value);
  if (read.ok) return { kind: "ok", exists: true, hash, document: read.document, json: read.json };
  return malformed({
    message: read.problem.message,
    ...placeOf(text, offsetOf(parsed.value, parsed.places, read.problem.path)),
  });
}

/** Offset of the last value on the path that exists in the text. */
function offsetOf(root: unknown, places: Places, path: readonly string[]): number {
  let value = root;
  let offset = 0;
  for (const key of path) {
    if (typeof value !== "object" || value === null) break;
    const place = places.get(value)?.get(key);
    if (place === undefined) break;
    offset = place;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return offset;
}
