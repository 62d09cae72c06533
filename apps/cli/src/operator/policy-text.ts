import { loadPolicy } from "@openclaw/approvals";
import json5 from "json5";
import { withoutComments } from "./json-comments.ts";

/** A policy document as a person wrote it. Line and column count from 1, in that text. */
export type WrittenPolicy =
  | { readonly ok: true; readonly file: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      readonly kind: "syntax" | "meaning";
      readonly message: string;
      readonly line?: number;
      readonly column?: number;
    };

/**
 * Reads a policy, or with `agent` what it says about one agent, from JSON or JSON5. A
 * missing version is 1, another one is refused. What reads as JSON, but for comments and
 * commas at the end, is judged at its place in the text; keys that are there twice are
 * found only in such a text.
 */
export function readWrittenPolicy(text: string, agent?: string): WrittenPolicy {
  const plain = withoutComments(text);
  if (isJson(plain)) {
    const judged = insertion(plain, agent);
    const loaded = loadPolicy(judged.text);
    if (loaded.kind === "malformed") {
      const { message, line, column } = loaded.problem;
      return { ok: false, kind: "meaning", message, ...judged.placeBack(line, column) };
    }
    return { ok: true, file: objectFrom(JSON.parse(judged.text)) };
  }
  let value: unknown;
  try {
    value = json5.parse(text);
  } catch (error) {
    return { ok: false, kind: "syntax", ...syntaxProblem(error) };
  }
  const file = agent === undefined ? versioned(value) : { version: 1, agents: { [agent]: value } };
  // Gateways drop a misspelled value in silence, which can mean the widest one.
  const loaded = loadPolicy(JSON.stringify(file));
  if (loaded.kind === "malformed") return { ok: false, kind: "meaning", message: loaded.problem.message };
  return { ok: true, file: objectFrom(file) };
}

interface Judged {
  readonly text: string;
  /** The place in the text of the person. */
  placeBack(line: number | undefined, column: number | undefined): { line?: number; column?: number };
}

/** Adds what the person did not have to write, on a line that is there. */
function insertion(text: string, agent: string | undefined): Judged {
  const given: unknown = JSON.parse(text);
  const brace = text.indexOf("{");
  const [at, added, end] =
    agent !== undefined
      ? [0, `{"version":1,"agents":{${JSON.stringify(agent)}:`, "}}"]
      : isObject(given) && !Object.hasOwn(given, "version")
        ? [brace + 1, `"version":1${Object.keys(given).length === 0 ? "" : ","}`, ""]
        : [0, "", ""];
  const before = text.slice(0, at);
  const addedLine = before.split("\n").length;
  const addedColumn = at - before.lastIndexOf("\n");
  return {
    text: `${before}${added}${text.slice(at)}${end}`,
    placeBack: (line, column) => {
      if (line === undefined || column === undefined) return {};
      const behind = line === addedLine && column >= addedColumn;
      return { line, column: behind ? Math.max(addedColumn, column - added.length) : column };
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function syntaxProblem(error: unknown): { message: string; line?: number; column?: number } {
  const message = error instanceof Error ? error.message.replace(/^JSON5: /u, "") : String(error);
  const [line, column] = ["lineNumber", "columnNumber"].map((key): unknown =>
    Reflect.get(Object(error), key),
  );
  if (typeof line !== "number" || typeof column !== "number") return { message };
  return { message: message.replace(/ at \d+:\d+$/u, ""), line, column };
}

function versioned(value: unknown): unknown {
  return isObject(value) ? { version: 1, ...value } : value;
}

function objectFrom(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
