import type { CommandView, MissCause, SegmentView } from "./decision.ts";
import { quoteWord } from "./quote.ts";
import { commandText, ruleText, shortened, visible } from "./rule-text.ts";

/** The first part that no entry covers, and why. */
export function missText(view: CommandView, agent: string): string {
  const missed = view.segments.find((segment) => !segment.covered);
  if (missed?.cause === undefined) return `${commandText(view)} is not in the allowlist`;
  return causeText(missed, missed.cause, view, agent);
}

export function causeText(segment: SegmentView, cause: MissCause, view: CommandView, agent: string): string {
  const name = `\`${shortened(quoteWord(segment.typed[0] ?? ""))}\``;
  switch (cause.kind) {
    case "no-entry": {
      const path = segment.resolved === undefined ? "" : ` (\`${quoteWord(segment.resolved)}\`)`;
      return `${name}${path} is not in the allowlist of agent \`${quoteWord(agent)}\``;
    }
    case "argument-pattern":
      return `the entry \`${quoteWord(cause.pattern)}\` has an argument pattern of a form that this host does not evaluate, so it matches nothing`;
    case "unresolved":
      return `${name} was not found, or cannot be started`;
    case "carrier":
      return `\`${quoteWord(cause.name)}\` starts other programs, so an entry for it covers none of them`;
    case "program-argument":
      return `${name} may start other programs because of its argument \`${shortened(quoteWord(cause.argument))}\`, which only an entry with an argument pattern covers`;
    case "not-analyzable":
      return constructText(view);
    case "untrusted-runner":
      return `${name} leads to \`${quoteWord(cause.path)}\`, which is neither a system program nor in the allowlist`;
    case "renamed-link":
      return `${name} is a link to \`${quoteWord(cause.path)}\`, and its own name would be lost inside a chain`;
  }
}

/** The first construct that was not understood, and where. */
export function constructText({ notAnalyzable, shell }: CommandView): string {
  const { construct, offset } = notAnalyzable ?? { construct: "the command", offset: 0 };
  const place = shell === undefined ? "" : ` at character ${offset + 1} of the text`;
  return `${shortened(visible(construct))}${place} is not something this host can check`;
}

/** What covers one part of a command, or why nothing does; for a person. */
export function explainSegment(segment: SegmentView, view: CommandView, agentId: string | undefined): string {
  const { by, cause } = segment;
  if (by !== undefined) return `covered by ${ruleText(by)}`;
  return cause === undefined ? "not covered" : causeText(segment, cause, view, agentId ?? "main");
}
