import type { OperatorMethodParams } from "@openclaw/protocol";
import { invalidRequest, type Answer } from "./answers.ts";
import { approvedRun } from "./approved-run.ts";
import type { EraRules } from "./era.ts";
import type { Call } from "./method-table.ts";
import { filledText, isFields, type Fields } from "./plain-object.ts";
import { rawCommandFits, shownCommand } from "./shown-command.ts";

export type ForwardedRun =
  | {
      readonly ok: true;
      readonly params: unknown;
      readonly run: { readonly runId: string; readonly sessionKey: string } | undefined;
    }
  | { readonly ok: false; readonly answer: Answer };

/**
 * The params of `system.run` as a node gets them: known keys only, and an approval only
 * when the Gateway itself recorded it under this run id. Source: exec section 2.1.
 */
export function forwardedRun(call: Call<OperatorMethodParams["node.invoke"]>, nodeId: string): ForwardedRun {
  const { parts, session } = call;
  const fields = call.params.params;
  if (!isFields(fields)) return { ok: true, params: fields, run: undefined };
  const problem = rawCommandProblem(fields);
  if (problem !== undefined) return { ok: false, answer: problem };
  const explicit = fields["approved"] === true || isDecision(fields["approvalDecision"]);
  const source = parts.rules.era === "2026.9" ? filledText(fields["approvalSource"]) : undefined;
  if (source !== undefined && explicit) {
    const message = "approval source cannot be combined with explicit approval";
    return refuse(message, "APPROVAL_SOURCE_MISMATCH");
  }
  const kept = knownFields(fields, parts.rules);
  const runId = filledText(kept["runId"]);
  if (!explicit && source === undefined) {
    const added = runId === undefined && parts.rules.runIdAdded;
    return ready(added ? { ...kept, runId: parts.newId() } : kept);
  }
  if (runId === undefined) return refuse("approval override requires params.runId", "MISSING_RUN_ID");
  const use = { runId, nodeId, deviceId: session.deviceId, fields: kept, source };
  const used = approvedRun(parts.approvals.get(runId), use, parts.now(), parts.rules);
  if (!used.ok) return used;
  if (explicit) parts.approvals.markUsed(runId);
  return ready(used.fields);
}

const KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  command: () => true,
  rawCommand: isText,
  systemRunPlan: () => true,
  cwd: isText,
  env: (value) => typeof value === "object",
  timeoutMs: (value) => typeof value === "number",
  needsScreenRecording: isFlag,
  agentId: isText,
  sessionKey: isText,
  runId: isText,
  suppressNotifyOnExit: isFlag,
};

/** The older eras hand on whatever stands under a known key. */
function knownFields(fields: Fields, rules: EraRules): Fields {
  const kept: Record<string, unknown> = {};
  for (const [key, fits] of Object.entries(KEYS)) {
    const value = fields[key];
    if (value === undefined) continue;
    const blankId = key === "runId" && !isText(value) && rules.runIdAdded;
    if (rules.era === "2026.9" ? value !== null && fits(value) : !blankId) kept[key] = value;
  }
  return kept;
}

function rawCommandProblem(fields: Fields): Answer | undefined {
  const raw = filledText(fields["rawCommand"]);
  if (raw === undefined) return undefined;
  const command = fields["command"];
  if (!Array.isArray(command) || command.length === 0) {
    return invalidRequest("rawCommand requires params.command", { code: "MISSING_COMMAND" });
  }
  const argv = command.map(String);
  if (rawCommandFits(raw, argv)) return undefined;
  const formattedArgv = shownCommand(argv);
  return invalidRequest("INVALID_REQUEST: rawCommand does not match command", {
    code: "RAW_COMMAND_MISMATCH",
    rawCommand: raw,
    inferred: formattedArgv,
    formattedArgv,
  });
}

function ready(params: Fields): ForwardedRun {
  const runId = filledText(params["runId"]);
  const sessionKey = filledText(params["sessionKey"]) ?? "node";
  return { ok: true, params, run: runId === undefined ? undefined : { runId, sessionKey } };
}

function refuse(message: string, code: string): ForwardedRun {
  return { ok: false, answer: invalidRequest(message, { code }) };
}

function isDecision(value: unknown): boolean {
  return value === "allow-once" || value === "allow-always";
}

function isText(value: unknown): boolean {
  return filledText(value) !== undefined;
}

function isFlag(value: unknown): boolean {
  return typeof value === "boolean";
}
