import type { CommandView } from "./decision.ts";
import { quoteWord } from "./quote.ts";
import type { Rule } from "./rule.ts";

/** Longest command shown in a sentence, in characters; the head says what runs. */
const SHOWN_CHARS = 200;

/** A rule as the owner would find it in the policy file. */
export function ruleText(rule: Rule): string {
  switch (rule.kind) {
    case "entry":
      return `the entry \`${quoteWord(rule.pattern)}\` of agent \`${quoteWord(rule.agent)}\``;
    case "deny-entry": {
      const why = rule.reason === undefined ? "" : ` (${shortened(visible(rule.reason))})`;
      const args = rule.argPattern === undefined ? "" : ` with \`${quoteWord(rule.argPattern)}\``;
      return `the deny entry \`${quoteWord(rule.pattern)}\`${args} of agent \`${quoteWord(rule.agent)}\`${why}`;
    }
    case "setting": {
      const place =
        rule.from === "built-in"
          ? "by default"
          : rule.from === "defaults"
            ? "in `defaults`"
            : `for agent \`${quoteWord(rule.agent ?? "*")}\``;
      return `\`${rule.field}\` is \`${String(rule.value)}\` ${place}`;
    }
    case "approval":
      if (rule.by === "owner") return `the answer of the owner at the node was \`${rule.decision}\``;
      return rule.decision === "legacy"
        ? "the Gateway says that its operator approved it"
        : `the operator's answer was \`${rule.decision}\``;
    case "builtin":
      return `what \`${quoteWord(rule.name)}\` is in a shell`;
    case "safe-bin":
      return `the built-in profile of \`${quoteWord(rule.name)}\`, which only reads its input here`;
    case "skill-bin":
      return `\`autoAllowSkills\`: a skill uses \`${quoteWord(rule.path)}\``;
    case "policy-file": {
      const { message, line, column } = rule.problem;
      const place = line === undefined ? "" : ` (line ${line}, column ${column ?? 1})`;
      return `the policy file cannot be read: ${visible(message)}${place}`;
    }
    case "request":
      return "the request itself";
  }
}

export function commandText(view: CommandView): string {
  return `\`${shortened(visible(view.commandText))}\``;
}

/** Escapes what cannot be seen, without quoting the whole. */
export function visible(text: string): string {
  const quoted = quoteWord(text);
  return quoted.startsWith("$'") ? quoted.slice(2, -1) : text;
}

export function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= SHOWN_CHARS) return text;
  return `${characters.slice(0, SHOWN_CHARS).join("")}… (${characters.length} characters)`;
}
