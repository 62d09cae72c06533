import { quoteWord } from "../quote.ts";
import type { EntryTerms, PolicyDifference } from "./diff.ts";

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

/** One difference on one line: `+`, `-` or `~`, whose, and what. Everything hidden is escaped. */
export function differenceLine(difference: PolicyDifference): string {
  const { kind, change, agent, field, from, to } = difference;
  const whose = agent === undefined ? (kind === "setting" ? "defaults: " : "") : `${shown(agent)}: `;
  return `${SIGNS[change]} ${whose}${what(kind, field, from, to)}`;
}

function what(
  kind: PolicyDifference["kind"],
  field = "",
  from: PolicyDifference["from"],
  to: PolicyDifference["to"],
): string {
  switch (kind) {
    case "setting":
      return `${shown(field)} ${both(from, to, plainText)}`;
    case "agent":
      return "the agent itself";
    case "entry":
      return `allow ${both(from, to, termsText)}${besides(field)}`;
    case "deny-entry":
      return `deny ${both(from, to, termsText)}${besides(field)}`;
    case "other":
      return from === undefined && to === undefined
        ? `the key ${shown(field)}`
        : `${shown(field)} ${both(from, to, plainText)}`;
  }
}

function besides(field: string): string {
  return field === "" ? "" : ` (other keys: ${shown(field)})`;
}

type Value = PolicyDifference["from"];

function both(from: Value, to: Value, text: (value: Exclude<Value, undefined>) => string): string {
  const [was, is] = [from, to].map((value) => (value === undefined ? undefined : text(value)));
  if (was === undefined || is === undefined || was === is) return is ?? was ?? "";
  return `${was} -> ${is}`;
}

function plainText(value: Exclude<Value, undefined>): string {
  return typeof value === "object" ? termsText(value) : shown(String(value));
}

function termsText(value: Exclude<Value, undefined>): string {
  if (typeof value !== "object") return plainText(value);
  const { pattern, argPattern, source, contentSha256, launchSha256, reason }: EntryTerms = value;
  const text = (term: unknown): string => shown(typeof term === "string" ? term : JSON.stringify(term));
  return [
    shown(pattern),
    ...(argPattern === undefined ? [] : [`args ${text(argPattern)}`]),
    ...(source === undefined ? [] : [text(source)]),
    ...(contentSha256 === undefined ? [] : [`content ${text(contentSha256).slice(0, 12)}`]),
    ...(launchSha256 === undefined ? [] : [`launch ${text(launchSha256).slice(0, 12)}`]),
    ...(reason === undefined ? [] : [`because ${text(reason)}`]),
  ].join(" ");
}

/** Quoted only where something would not be seen: `*` and `^` are usual in patterns. */
function shown(text: string): string {
  const quoted = quoteWord(text);
  return quoted.startsWith("$'") || text.includes(" ") || text === "" ? quoted : text;
}
