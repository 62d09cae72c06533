import type { RunResult, StreamBytes } from "@openclaw/executor";
import { keptText, parts, shorten } from "./shorten-output.ts";
import { LIMITS, utf8Length, type ExecFinished, type SystemRunResult } from "@openclaw/protocol";

const CUT_MARK = "... (truncated) ";
/** Bytes that one UTF-16 unit can become when it is encoded twice: `\u0000`, then its backslash doubled. */
const WORST_GROWTH = 7;
/** Bytes of everything else in the frame, the longest error text included. */
const FRAME_ROOM = 32_768;
/** How close to the longest fit is close enough; UTF-16 units. */
const FIT_STEP = 256;
/** The error names paths of a request; UTF-16 units. */
const ERROR_CHARS = 1024;
const CUT_LINE = "\n... (truncated)";

/** A result, with what it does not show of each stream already. */
type Output = RunResult & { readonly truncatedBytes?: StreamBytes };

/**
 * The payload of `system.run`. Where its encoded form is longer than the Gateway's frame limit, the middle of the output
 * is left out and counted: the beginning says what ran, the end how it ended.
 */
export function runPayload(result: Output, maxBytes: number): SystemRunResult {
  const error = errorText(result);
  const payload: SystemRunResult = {
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    timedOut: result.timedOut,
    success: result.success,
    stdout: result.stdout,
    stderr: result.stderr,
    error: error === null ? null : cutEnd(error, ERROR_CHARS),
  };
  if ((payload.stdout.length + payload.stderr.length) * WORST_GROWTH + FRAME_ROOM <= maxBytes) return payload;
  if (encodedBytes(payload) <= maxBytes) return payload;
  const stdout = parts(result.stdout, result.truncatedBytes?.stdout);
  const stderr = parts(result.stderr, result.truncatedBytes?.stderr);
  const cutTo = (room: number): SystemRunResult => ({
    ...payload,
    stdout: keptText(shorten(stdout, room)),
    stderr: keptText(shorten(stderr, room)),
  });
  // Some characters grow sevenfold when encoded twice, so the longest fit is found, not computed.
  let fits = 0;
  let tooLong = Math.max(payload.stdout.length, payload.stderr.length);
  while (tooLong - fits > FIT_STEP) {
    const room = Math.floor((fits + tooLong) / 2);
    if (encodedBytes(cutTo(room)) <= maxBytes) fits = room;
    else tooLong = room;
  }
  return cutTo(fits);
}

export function finishedEvent(
  command: string,
  result: RunResult,
  run: { readonly sessionKey: string; readonly runId: string },
  suppressNotifyOnExit: boolean | undefined,
): ExecFinished {
  const error = errorText(result);
  const output = [result.stdout, result.stderr, error ?? ""]
    .filter((part) => part !== "")
    .join("\n")
    .trim();
  return {
    ...run,
    host: "node",
    command,
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    timedOut: result.timedOut,
    success: result.success,
    output: output.length > LIMITS.eventOutputChars ? CUT_MARK + lastChars(output) : output,
    ...(suppressNotifyOnExit === undefined ? {} : { suppressNotifyOnExit }),
  };
}

function errorText(result: RunResult): string | null {
  if (result.failure !== undefined) return result.failure.message;
  if (result.cancelled) return "the run was cancelled";
  if (result.signal !== undefined && !result.timedOut) return `the command was ended by ${result.signal}`;
  return null;
}

/** Bytes of the payload inside a frame: JSON text, escaped once more as a string. */
function encodedBytes(payload: SystemRunResult): number {
  return utf8Length(JSON.stringify(JSON.stringify(payload)));
}

function cutEnd(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const end = isHighSurrogate(text.charCodeAt(chars - 1)) ? chars - 1 : chars;
  return text.slice(0, Math.max(0, end)) + CUT_LINE;
}

/** The end of a text, without half a character in front. */
function lastChars(text: string): string {
  const end = text.slice(-LIMITS.eventOutputChars);
  const unit = end.charCodeAt(0);
  return unit >= 0xdc00 && unit <= 0xdfff ? end.slice(1) : end;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
