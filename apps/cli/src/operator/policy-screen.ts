import type { Screen } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";
import type { PolicyTarget, PolicyView } from "./policy-target.ts";

type Json = Readonly<Record<string, unknown>>;

const HASH_CHARS = 12;

/** Shows a policy: who decides what, and every entry whole, because it is typed back to remove it. */
export function showPolicy(screen: Screen, target: PolicyTarget, view: PolicyView, now: number): void {
  const agents = Object.entries(objectAt(view.file, "agents"));
  const entries = agents.flatMap(([id, agent]) => entriesOf(id, agent, "allowlist"));
  const denied = agents.flatMap(([id, agent]) => entriesOf(id, agent, "deny"));
  screen.fields([
    ["Target", target.label],
    ["Path", view.path],
    ["State", stateOf(view)],
    ["Defaults", view.problem === undefined ? defaultsText(target, view) : ""],
    ...agents
      .map(([id, agent]): readonly [string, string] => [`Agent ${id}`, scopeText(objectOf(agent))])
      .filter(([, text]) => text !== ""),
    ["Allowlist", view.problem === undefined && entries.length > 0 ? String(entries.length) : ""],
  ]);
  screen.line();
  if (view.problem !== undefined) {
    screen.line("Every command is refused until the file is mended.");
    return;
  }
  if (denied.length > 0) {
    screen.heading("Denied, whatever else allows it");
    screen.table(
      [{ title: "Agent" }, { title: "Pattern", whole: true }, { title: "Reason" }],
      denied.map(({ agent, pattern, entry }) => [
        agent,
        pattern,
        typeof entry["reason"] === "string" ? entry["reason"] : "",
      ]),
    );
    screen.line();
  }
  if (entries.length === 0) {
    screen.line("No allowlist entries.");
    screen.line(`Add one with: openclaw approvals allowlist add /path/of/program${target.option}`);
    return;
  }
  screen.table(
    [{ title: "Agent" }, { title: "Last used", min: 9 }, { title: "Pattern", whole: true }],
    entries.map(({ agent, pattern, entry }) => [agent, lastUsed(entry, now), pattern]),
  );
}

function defaultsText({ absentMeans }: PolicyTarget, { file }: PolicyView): string {
  const defaults = scopeText({ ...absentMeans, ...objectAt(file, "defaults") });
  return defaults === "" ? "none in the policy; those of the program there apply" : defaults;
}

interface Entry {
  readonly agent: string;
  readonly pattern: string;
  readonly entry: Json;
}

function entriesOf(agent: string, value: unknown, list: "allowlist" | "deny"): readonly Entry[] {
  const items = objectOf(value)[list];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) => {
    const entry: Json = typeof item === "string" ? { pattern: item } : objectOf(item);
    const { pattern, argPattern } = entry;
    if (typeof pattern !== "string") return [];
    return [
      { agent, entry, pattern: typeof argPattern === "string" ? `${pattern}  (${argPattern})` : pattern },
    ];
  });
}

function lastUsed(entry: Json, now: number): string {
  const { lastUsedAt } = entry;
  return typeof lastUsedAt === "number" && lastUsedAt > 0 ? timeAgo(lastUsedAt, now) : "never";
}

function stateOf({ exists, hash, problem }: PolicyView): string {
  if (problem !== undefined) return `malformed: ${problem}`;
  const named = hash === "" ? "" : `, hash ${hash.slice(0, HASH_CHARS)}`;
  return exists ? `present${named}` : "no file yet";
}

function scopeText(scope: Json): string {
  const parts: readonly (readonly [string, string])[] = [
    ["security", "security"],
    ["ask", "ask"],
    ["askFallback", "fallback"],
    ["autoAllowSkills", "skills"],
  ];
  return parts
    .filter(([key]) => scope[key] !== undefined)
    .map(([key, word]) => {
      const value = scope[key];
      return `${word} ${typeof value === "boolean" ? (value ? "on" : "off") : String(value)}`;
    })
    .join(" · ");
}

function objectAt(value: Json, key: string): Json {
  return objectOf(value[key]);
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
