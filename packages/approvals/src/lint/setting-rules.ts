import type { PolicyScope, PolicyValues } from "../policy/document.ts";
import { BUILT_IN } from "../policy/effective.ts";
import { quoteWord } from "../quote.ts";
import type { Finding } from "./finding.ts";

/** Where values stand: `defaults`, or an agent with what it inherits. */
export interface ScopeAt {
  readonly agent?: string | undefined;
  readonly own: PolicyScope;
  /** Nearest first. */
  readonly inherited: readonly PolicyScope[];
}

/** Settings that let more run than their owner may think. Only what the place itself sets is told. */
export function lintScope({ agent, own, inherited }: ScopeAt): readonly Finding[] {
  const value = <K extends keyof PolicyValues>(field: K): PolicyValues[K] => {
    for (const scope of [own, ...inherited]) {
      const found: PolicyValues[K] | undefined = scope[field];
      if (found !== undefined) return found;
    }
    return BUILT_IN[field];
  };
  const place = agent === undefined ? "in `defaults`" : `for agent \`${quoteWord(agent)}\``;
  const about = (
    code: Finding["code"],
    severity: Finding["severity"],
    field: keyof PolicyValues,
    message: string,
  ): Finding => ({ code, severity, ...(agent === undefined ? {} : { agent }), field, message, fix: [EDIT] });
  const findings: Finding[] = [];
  const unasked = value("security") === "full" && value("ask") !== "always";
  if (unasked && (own.security !== undefined || own.ask !== undefined)) {
    const ask = value("ask");
    const field = own.security === undefined ? "ask" : "security";
    const text = `\`security\` is \`full\` and \`ask\` is \`${ask}\` ${place}: every command runs, and nobody is asked`;
    findings.push(about("everything-allowed", "error", field, text));
  } else if (own.security === "full") {
    const text = `\`security\` is \`full\` ${place}: only the question before each run stands between a command and this machine`;
    findings.push(about("security-full", "warning", "security", text));
  }
  if (own.askFallback === "full") {
    const text = `\`askFallback\` is \`full\` ${place}: when nobody can be asked, a command runs by \`security\` alone`;
    findings.push(about("fallback-wide", "warning", "askFallback", text));
  } else if (own.askFallback === "allowlist") {
    const text = `\`askFallback\` is \`allowlist\` ${place}: when nobody can be asked, what is listed runs`;
    findings.push(about("fallback-wide", "note", "askFallback", text));
  }
  if (own.autoAllowSkills === true) {
    const text = `\`autoAllowSkills\` is on ${place}: programs that skills name run without an entry`;
    findings.push(about("skills-allowed", "note", "autoAllowSkills", text));
  }
  return findings;
}

const EDIT = ["openclaw", "approvals", "edit"] as const;
