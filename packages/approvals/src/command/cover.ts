import type { EntryUse, MissCause, NotAnalyzable, SegmentView } from "../decision.ts";
import type { Facts } from "../facts.ts";
import { cwdArgvPattern, isHashable } from "../match/argument-hash.ts";
import type { PatternBudget } from "../match/pattern-run.ts";
import { entriesFor } from "../match/entry-index.ts";
import { matchEntry, type MatchTarget } from "../match/entry.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { programName } from "../program-name.ts";
import type { EntryRule, Rule } from "../rule.ts";
import { isMultiCallName } from "../shell/names.ts";
import { contentSha256 } from "./content.ts";
import { inlineCodeIn } from "../tools/inline-code.ts";
import { isSafeUse } from "../tools/safe-bins.ts";
import { needsShell, type CommandNode, type FileNode, type ScriptNode } from "./node.ts";
import type { Resolved } from "./resolve.ts";

/** How the allowlist stands to a command. */
export interface Coverage {
  readonly segments: readonly SegmentView[];
  /** Every segment is covered, and there is one. */
  readonly covered: boolean;
  readonly uses: readonly EntryUse[];
  readonly shell?: string | undefined;
  readonly notAnalyzable?: NotAnalyzable | undefined;
}

export interface CoverContext {
  readonly facts: Facts;
  /** Directory in which the command runs. */
  readonly cwd: string;
  readonly allowlist: EffectivePolicy["allowlist"];
  readonly budget: PatternBudget;
  /** SHA-256 of what would be launched; see `launchSha256`. */
  readonly launch: () => string | undefined;
  /** Programs that are covered while they only read their input. */
  readonly safeBins: ReadonlySet<string>;
  /** Programs of skills with their real paths; empty where the policy does not let them through. */
  readonly skillBins: ReadonlyMap<string, string>;
}

interface Found {
  segments: SegmentView[];
  uses: EntryUse[];
  shell?: string;
  notAnalyzable?: NotAnalyzable;
}

/** Directories whose programs only the system's owner can change. */
const SYSTEM_DIRECTORIES = /^\/(?:usr\/)?bin\/[^/]+$/u;

/** Holds every program of a command against the allowlist; one miss fails the whole. */
export function coverCommand(node: CommandNode, context: CoverContext): Coverage {
  const found: Found = { segments: [], uses: [] };
  visit(node, false, context, found);
  const { segments } = found;
  return { ...found, covered: segments.length > 0 && segments.every((each) => each.covered) };
}

/** `embedded`: started by another program, which cannot pass a name along. */
function visit(node: CommandNode, embedded: boolean, context: CoverContext, found: Found): void {
  switch (node.kind) {
    case "builtin": {
      const by: Rule = { kind: "builtin", name: node.typed[0] ?? "" };
      found.segments.push({ typed: node.typed, covered: true, by });
      return;
    }
    case "opaque":
      found.notAnalyzable ??= node.problem;
      if (node.shell !== undefined) found.shell ??= node.shell;
      found.segments.push(missed(node.typed, node.resolved?.path, { kind: "not-analyzable" }));
      return;
    case "file":
      visitFile(node, embedded, context, found);
      return;
    case "script":
      visitRunner(node.typed, node.runner, context, found);
      visitScript(node, context, found);
      return;
    case "wrapper":
      visitRunner([node.name], node.runner, context, found);
      visit(node.inner, true, context, found);
      return;
    case "shell": {
      const started = needsShell(node);
      found.shell ??= node.name;
      if (node.entered !== undefined) {
        const by: Rule = { kind: "builtin", name: "cd" };
        found.segments.push({ typed: node.entered.typed, covered: true, by });
      }
      if (started) visitRunner([node.name], node.runner, context, found);
      for (const command of node.commands) visit(command, embedded || started, context, found);
    }
  }
}

/** A shell or wrapper needs no entry of its own, but nor may it be a file that anyone put there. */
function visitRunner(typed: readonly string[], runner: Resolved, context: CoverContext, found: Found): void {
  if (SYSTEM_DIRECTORIES.test(runner.path)) return;
  const target = targetOf(runner.path, typed[0] ?? "", false, [], context);
  const listed = entriesFor(context.allowlist, target).some(
    ({ entry }) =>
      entry.argPattern === undefined && entry.source === undefined && matchEntry(entry, target) === "yes",
  );
  if (listed) return;
  found.segments.push(missed(typed, runner.path, { kind: "untrusted-runner", path: runner.path }));
}

function visitFile(node: FileNode, embedded: boolean, context: CoverContext, found: Found): void {
  const { typed, resolved, name } = node;
  if (node.carrier !== undefined) {
    const cause: MissCause = { kind: "carrier", name: node.carrier };
    found.segments.push(missed(typed, resolved?.path, cause));
    return;
  }
  if (resolved === undefined) {
    found.segments.push(missed(typed, undefined, { kind: "unresolved" }));
    return;
  }
  if (embedded && resolved.named === undefined) {
    const cause: MissCause = { kind: "renamed-link", path: resolved.path };
    found.segments.push(missed(typed, resolved.path, cause));
    return;
  }
  const target = targetOf(resolved.path, name, resolved.searched, typed.slice(1), context);
  judge(typed, target, context, found, { danger: node.danger, builtIn: builtInRule(node, context) });
}

/** What covers a program although no entry names it. Source: exec sections 3.7 and 3.8. */
function builtInRule(
  { name, resolved, typed, danger }: FileNode,
  { facts, safeBins, skillBins }: CoverContext,
): Rule | undefined {
  const path = resolved?.path ?? "";
  const [word = "", ...args] = typed;
  const trusted = facts.pathStyle === "posix" && SYSTEM_DIRECTORIES.test(path);
  if (trusted && programName(path, "posix") === name && safeBins.has(name) && isSafeUse(name, args)) {
    return { kind: "safe-bin", name };
  }
  const bare = resolved?.searched === true && word === name;
  if (!bare || skillBins.get(name) !== path || danger !== undefined) return undefined;
  const realName = programName(path, facts.pathStyle);
  return [name, realName].some((each) => inlineCodeIn(each, args) !== undefined)
    ? undefined
    : { kind: "skill-bin", name, path };
}

function visitScript(node: ScriptNode, context: CoverContext, found: Found): void {
  const target = targetOf(node.script.path, node.script.path, false, node.args, context);
  judge(node.typed, target, context, found);
}

/**
 * The first entry whose argument pattern agrees, else the first that names the program
 * alone, which covers no argument that starts something else.
 */
function judge(
  typed: readonly string[],
  target: MatchTarget,
  context: CoverContext,
  found: Found,
  { danger, builtIn }: { readonly danger?: string | undefined; readonly builtIn?: Rule | undefined } = {},
): void {
  // Said at once: an entry for the program alone would not help.
  let cause: MissCause =
    danger === undefined ? { kind: "no-entry" } : { kind: "program-argument", argument: danger };
  let covering: ListedEntry | undefined;
  for (const listed of entriesFor(context.allowlist, target)) {
    const { pattern, argPattern } = listed.entry;
    if (argPattern === undefined && covering !== undefined) continue;
    const match = matchEntry(listed.entry, target);
    if (match === "unsupported") {
      cause = { kind: "argument-pattern", pattern, argPattern: argPattern ?? "" };
    }
    if (match !== "yes") continue;
    if (argPattern === undefined && danger !== undefined) continue;
    covering = listed;
    if (argPattern !== undefined) break;
  }
  if (covering === undefined) {
    found.segments.push(
      builtIn === undefined
        ? missed(typed, target.path, cause)
        : { typed, resolved: target.path, covered: true, by: builtIn },
    );
    return;
  }
  const by = ruleOf(covering);
  found.segments.push({ typed, resolved: target.path, covered: true, by });
  const { kind: _kind, ...use } = by;
  found.uses.push({ ...use, resolvedPath: target.path ?? "" });
}

type ListedEntry = EffectivePolicy["allowlist"][number];

function ruleOf({ agent, entry: { pattern, argPattern, id } }: ListedEntry): EntryRule {
  return {
    kind: "entry",
    agent,
    pattern,
    ...(argPattern === undefined ? {} : { argPattern }),
    ...(id === undefined ? {} : { id }),
  };
}

function targetOf(
  path: string,
  name: string,
  searched: boolean,
  args: readonly string[],
  { facts, cwd, budget, launch }: CoverContext,
): MatchTarget {
  const { pathStyle, home } = facts;
  const multiCall = isMultiCallName(programName(path, pathStyle));
  const generated = once(() => (isHashable(cwd) ? cwdArgvPattern(cwd, args) : undefined));
  const content = once(() => contentSha256(path, facts));
  return { path, name, searched, multiCall, args, generated, content, launch, budget, pathStyle, home };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function missed(typed: readonly string[], resolved: string | undefined, cause: MissCause): SegmentView {
  return {
    typed,
    ...(resolved === undefined ? {} : { resolved }),
    covered: false,
    cause,
  };
}
