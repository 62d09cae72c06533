import { quoteWord } from "../quote.ts";
import { BY_DESIGN, STRICTER, type Difference } from "./case-differences.test.support.ts";
import type { RecordedCase } from "./run-case.test.support.ts";

const HEAD = `# Where this node host decides otherwise

The recorded cases hold what the official node host of 2026.9.6 does with {all} requests. {judged} of them ask for a decision;
{same} get the same one here, in the same words. This page lists the other {different}. A test compares it with the recordings
and with what the engine does; \`vitest run packages/approvals/src/deviations.test.ts -u\` writes it anew.

\`{BIN}\` stands for a directory of programs in PATH. "ask" is a request for approval, "deny" and "error" are refusals.
`;

/** The page that lists every recorded case with another decision here, by reason. */
export function deviationPage(cases: readonly RecordedCase[], judged: number): string {
  const different = STRICTER.size + BY_DESIGN.size;
  const counts = { all: cases.length, judged, different, same: judged - different };
  const head = Object.entries(counts).reduce(
    (text, [name, count]) => text.replace(`{${name}}`, String(count)),
    HEAD,
  );
  const lines = [
    head,
    "## Stricter",
    ...sections(STRICTER, cases),
    "\n## Allowed here, by design",
    ...sections(BY_DESIGN, cases),
  ];
  return `${lines.join("\n")}\n`;
}

function sections(
  differences: ReadonlyMap<string, Difference>,
  cases: readonly RecordedCase[],
): readonly string[] {
  const reasons = new Set([...differences.values()].map(({ why }) => why));
  return [...reasons].map((why) => {
    const rows = [...differences].filter(([, each]) => each.why === why);
    const lines = rows.map(([id, { outcome }]) => {
      const recorded = cases.find((each) => each.id === id);
      const cells = [shortName(id), shownRequest(recorded), recorded?.expected.outcome ?? "?", outcome];
      return `| ${cells.join(" | ")} |`;
    });
    const title = why.charAt(0).toUpperCase() + why.slice(1);
    return `\n**${title}.**\n\n| case | request | 2026.9.6 | here |\n|---|---|---|---|\n${lines.join("\n")}`;
  });
}

function shortName(id: string): string {
  return id.replace(/@.*$/u, "");
}

function shownRequest(recorded: RecordedCase | undefined): string {
  const { nodeCommand, params, ...own } = recorded?.request ?? {};
  const request = (nodeCommand === undefined ? own : params) as { command?: unknown; rawCommand?: unknown };
  const argv = Array.isArray(request.command) ? request.command.map(String) : [];
  const text =
    typeof request.rawCommand === "string"
      ? request.rawCommand.replaceAll("\n", "⏎")
      : argv.map((word) => (/^[{}\w./=@:-]+$/u.test(word) ? word : quoteWord(word))).join(" ");
  const what = nodeCommand === "system.run.prepare" ? "prepare: " : "";
  return `${what}\`\`${text.replaceAll("|", String.raw`\|`)}\`\``.replaceAll(/``(?=[^`]*``)|``$/gu, "`");
}
