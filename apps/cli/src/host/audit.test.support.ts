import { readFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import { linesOf } from "../audit-log/log-lines.ts";
import { openLogFiles } from "../audit-log/log-files.ts";
import { verifyChain, type ChainReport } from "../audit-log/verify-chain.ts";
import { openAuditFile, type AuditRecord, type AuditSink } from "./audit.ts";

export function aDecision(argv: readonly string[], more: object = {}): AuditRecord {
  return {
    kind: "decision",
    runId: "r-1",
    agentId: undefined,
    sessionKey: "s",
    argv,
    cwd: undefined,
    outcome: "deny",
    reason: "not-listed",
    rule: { kind: "request" },
    ...more,
  };
}

/** An audit file that is closed with the test. */
export function openAudited(path: string, now?: () => number): AuditSink {
  const audit = openAuditFile(path, now === undefined ? {} : { now });
  onTestFinished(() => audit.close());
  return audit;
}

/** The lines of a file without their ends. */
export function fileLines(path: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

export function commandsOf(path: string): unknown[] {
  return fileLines(path).map((line) => (JSON.parse(line) as { command: unknown }).command);
}

/** What `log verify` says of the files at a path. */
export function verified(path: string): ChainReport {
  const log = openLogFiles(path);
  try {
    return verifyChain(log.files.map(({ name, file }) => ({ name, lines: linesOf(file) })));
  } finally {
    log.close();
  }
}
