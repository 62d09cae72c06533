import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, type core } from "zod/mini";
import {
  connectChallengeSchema,
  connectParamsSchema,
  devicePairListSchema,
  execApprovalsSetParamsSchema,
  execApprovalsSnapshotSchema,
  helloOkSchema,
  invokeRequestSchema,
  invokeResultParamsSchema,
  nodeEventParamsSchema,
  nodeInfoSchema,
  nodeInvokeAnswerSchema,
  nodeListSchema,
  nodePairListSchema,
  OPERATOR_METHODS,
  pairResolvedSchema,
  parseFrame,
  parseJsonText,
  parseWith,
  shutdownNoticeSchema,
  skillBinsResultSchema,
  systemRunParamsSchema,
  systemRunPrepareParamsSchema,
  systemRunPrepareResultSchema,
  systemRunResultSchema,
  systemWhichParamsSchema,
  systemWhichResultSchema,
  type Frame,
} from "./index.ts";

const FOLDER = new URL("../fixtures/transcripts/", import.meta.url);

const COMMANDS: Readonly<Record<string, { params: core.$ZodType; result: core.$ZodType }>> = {
  "system.run": { params: systemRunParamsSchema, result: systemRunResultSchema },
  "system.run.prepare": { params: systemRunPrepareParamsSchema, result: systemRunPrepareResultSchema },
  "system.which": { params: systemWhichParamsSchema, result: systemWhichResultSchema },
  "system.execApprovals.set": { params: execApprovalsSetParamsSchema, result: execApprovalsSnapshotSchema },
};
const REQUESTS: Readonly<Record<string, core.$ZodType>> = {
  ...OPERATOR_METHODS,
  connect: connectParamsSchema,
  "node.invoke.result": invokeResultParamsSchema,
  "node.event": nodeEventParamsSchema,
};
const RESULTS: Readonly<Record<string, core.$ZodType>> = {
  connect: helloOkSchema,
  "node.list": nodeListSchema,
  "node.describe": nodeInfoSchema,
  "node.pair.list": nodePairListSchema,
  "device.pair.list": devicePairListSchema,
  "node.invoke": nodeInvokeAnswerSchema,
  "exec.approvals.node.get": execApprovalsSnapshotSchema,
  "exec.approvals.node.set": execApprovalsSnapshotSchema,
  "skills.bins": skillBinsResultSchema,
};
const EVENTS: Readonly<Record<string, core.$ZodType>> = {
  "connect.challenge": connectChallengeSchema,
  "node.invoke.request": invokeRequestSchema,
  "node.pair.resolved": pairResolvedSchema,
  shutdown: shutdownNoticeSchema,
};

function problemsOf(file: string): string[] {
  const problems: string[] = [];
  const methods = new Map<string, string>();
  const invokes = new Map<string, string>();
  const check = (schema: core.$ZodType | undefined, value: unknown, what: string): void => {
    if (schema === undefined) return;
    const parsed = parseWith(schema, value, what);
    if (!parsed.ok) problems.push(parsed.error.message);
  };
  for (const line of readFileSync(new URL(file, FOLDER), "utf8").trim().split("\n")) {
    const row = JSON.parse(line) as { conn?: number; frame?: unknown };
    if (row.frame === undefined) continue;
    const parsed = parseFrame(JSON.stringify(row.frame, withoutRecorderNotes));
    if (!parsed.ok) {
      problems.push(parsed.error.message);
      continue;
    }
    const frame: Frame = parsed.value;
    if (frame.type === "req") {
      methods.set(`${row.conn}/${frame.id}`, frame.method);
      check(REQUESTS[frame.method], frame.params, frame.method);
      if (frame.method === "node.invoke.result") checkResult(frame.params, invokes, check);
    } else if (frame.type === "event") {
      check(EVENTS[frame.event], frame.payload, frame.event);
      if (frame.event === "node.invoke.request") checkInvoke(frame.payload, invokes, check);
    } else if (frame.ok) {
      const method = methods.get(`${row.conn}/${frame.id}`) ?? "";
      check(RESULTS[method], frame.payload, `answer of ${method}`);
    }
  }
  return problems;
}

/** Long lists were cut when recorded; the recorder left `{"note": "trimmed N more"}` in their place. */
function withoutRecorderNotes(_key: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.filter(
    (item: unknown) => !(item instanceof Object && String(Reflect.get(item, "note")).startsWith("trimmed ")),
  );
}

type Check = (schema: core.$ZodType | undefined, value: unknown, what: string) => void;

function checkInvoke(payload: unknown, invokes: Map<string, string>, check: Check): void {
  const invoke = parse(invokeRequestSchema, payload);
  invokes.set(invoke.id, invoke.command);
  const schema = COMMANDS[invoke.command]?.params;
  if (schema === undefined || invoke.paramsJSON === undefined) return;
  const params = parseJsonText(invoke.paramsJSON, "params");
  if (params.ok) check(schema, params.value, invoke.command);
}

function checkResult(params: unknown, invokes: Map<string, string>, check: Check): void {
  const result = parse(invokeResultParamsSchema, params);
  const command = invokes.get(result.id) ?? "";
  if (!result.ok || result.payloadJSON === null || result.payloadJSON === undefined) return;
  const payload = parseJsonText(result.payloadJSON, "payload");
  if (payload.ok) check(COMMANDS[command]?.result, payload.value, `result of ${command}`);
}

describe("recorded transcripts", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));

  it("are all there", () => {
    expect(files).toHaveLength(13);
  });

  it.each(files)("%s: every frame follows the schemas", (file) => {
    expect(problemsOf(file)).toEqual([]);
  });
});
