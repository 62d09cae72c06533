import * as z from "zod/mini";
import type { EraRules } from "./era.ts";

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly text: string };

type Issue = z.core.$ZodIssue;

/** Checks a value against a closed schema; the text on failure names the place as Gateways do. */
export function check<T>(
  schema: z.core.$ZodType<T>,
  value: unknown,
  rules: Pick<EraRules, "oldValidator">,
): Checked<T> {
  const result = z.safeParse(schema, value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, text: validationText(result.error.issues, rules.oldValidator) };
}

/**
 * One text for all issues: at each place first what is missing, then what is unexpected,
 * then what is wrong. The older validator names everything that is missing, the newer one
 * the first.
 */
export function validationText(issues: readonly Issue[], old: boolean): string {
  const wrongType = new Set(issues.filter(isWrongType).map(({ path }) => place(path)));
  const ordered = issues
    // What has the wrong type is not judged further.
    .filter((issue) => isWrongType(issue) || isMissing(issue) || !wrongType.has(place(issue.path)))
    .toSorted((a, b) => depth(a) - depth(b) || rank(a) - rank(b));
  const parts: string[] = [];
  const missingAt = new Set<string>();
  for (const issue of ordered) {
    const at = place(issue.path.slice(0, -1));
    if (isMissing(issue) && missingAt.has(at) && !old) continue;
    if (isMissing(issue)) missingAt.add(at);
    parts.push(...issueTexts(issue, old));
  }
  return parts.join("; ");
}

function rank(issue: Issue): number {
  if (isMissing(issue)) return 0;
  return issue.code === "unrecognized_keys" ? 1 : 2;
}

/** A missing property is an issue of the object around it. */
function depth(issue: Issue): number {
  return issue.path.length - (isMissing(issue) ? 1 : 0);
}

function isWrongType(issue: Issue): boolean {
  return issue.code === "invalid_type";
}

function isMissing(issue: Issue): boolean {
  return issue.code !== "unrecognized_keys" && issue.path.length > 0 && issue.input === undefined;
}

function issueTexts(issue: Issue, old: boolean): readonly string[] {
  if (isMissing(issue)) {
    const name = String(issue.path.at(-1));
    return [`${prefix(issue.path.slice(0, -1))}must have required property '${name}'`];
  }
  if (issue.code === "unrecognized_keys") {
    const at = issue.path.length === 0 ? "at root: " : prefix(issue.path);
    const keys = old ? issue.keys : issue.keys.slice(0, 1);
    return keys.map((key) => `${at}unexpected property '${key}'`);
  }
  if (issue.code === "invalid_value" && issue.values.length > 1 && old) {
    const at = prefix(issue.path);
    return [`${at}must be equal to constant`, `${at}must match a schema in anyOf`];
  }
  const at = prefix(issue.path);
  const text = `${at}${expectation(issue, old ? "NOT" : "not")}`;
  const constant = issue.code === "invalid_value" && issue.values.length === 1 ? issue.values[0] : undefined;
  const type = typeof constant;
  const otherType = constant !== undefined && type !== typeof issue.input;
  return otherType ? [`${at}must be ${type}`, text] : [text];
}

function prefix(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "" : `at ${place(path)}: `;
}

function place(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part)}`).join("");
}

function expectation(issue: Issue, not: string): string {
  if (issue.code === "invalid_type") return `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
  if (issue.code === "too_small") {
    return bound(issue.origin, issue.minimum, `must ${not} have fewer than`, ">=");
  }
  if (issue.code === "too_big") {
    return bound(issue.origin, issue.maximum, `must ${not} have more than`, "<=");
  }
  if (issue.code !== "invalid_value") return issue.message;
  return issue.values.length === 1
    ? "must be equal to constant"
    : "must be equal to one of the allowed values";
}

function bound(origin: string, limit: number | bigint, words: string, sign: string): string {
  if (origin === "string") return `${words} ${limit} characters`;
  return origin === "array" ? `${words} ${limit} items` : `must be ${sign} ${limit}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  // The only numbers that clients send are whole ones.
  number: "integer",
  int: "integer",
  record: "object",
};
