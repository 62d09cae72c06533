import {
  findingPlaces,
  lintDroppedItems,
  lintPolicy,
  type Facts,
  type Finding,
  type LintSeverity,
} from "@openclaw/approvals";
import type { InspectedPolicy } from "./policy-target.ts";

/** A finding with its place in the file, where the file is here. Line and column count from 1. */
export type PlacedFinding = Finding & { readonly line?: number; readonly column?: number };

export type SeverityCounts = Readonly<Record<LintSeverity, number>>;

const ORDER: readonly LintSeverity[] = ["error", "warning", "note"];

/** Everything that is wrong with a policy, the worst first, else in the order of the file. */
export function lintInspected(
  inspected: InspectedPolicy,
  facts: Facts | undefined,
): readonly PlacedFinding[] {
  const { policy, text } = inspected;
  if (policy.kind === "malformed") {
    const { message, line, column } = policy.problem;
    const place = line === undefined ? {} : { line, column: column ?? 1 };
    const sentence = `the file cannot be read, so every command is refused: ${message}`;
    return [
      {
        code: "malformed",
        severity: "error",
        message: sentence,
        fix: [["openclaw", "approvals", "edit"]],
        ...place,
      },
    ];
  }
  const findings = lintPolicy(policy, facts);
  if (text === undefined) return bySeverity(findings);
  const placeOf = findingPlaces(text, policy.json);
  const placed = [
    ...findings.map((finding) => ({ ...finding, ...placeOf(finding) })),
    ...lintDroppedItems(text),
  ];
  return bySeverity(placed);
}

export function countSeverities(findings: readonly Finding[]): SeverityCounts {
  const count = (severity: LintSeverity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return { error: count("error"), warning: count("warning"), note: count("note") };
}

function bySeverity(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  return findings.toSorted((left, right) => ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity));
}
