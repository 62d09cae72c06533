import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isShellCommand, readShellInvocation } from "./invocation.ts";
import { shellPayload } from "./payload.ts";

interface ExtractCase {
  readonly id: string;
  readonly topic: string;
  readonly request: { readonly command: readonly string[] };
  readonly expected: {
    readonly isShellWrapper: boolean;
    readonly payloadWithoutRaw: string | null;
    readonly payloadWithRawLs: string | null;
  };
}

const cases = (
  JSON.parse(
    readFileSync(new URL("../fixtures/approvals-cases.json", import.meta.url), "utf8"),
  ) as ExtractCase[]
).filter(({ topic }) => topic === "wrapper-extract");

/**
 * Recorded payloads that ours do not name, because they do not stand for the whole command:
 * encoded text, a file, an assignment, positional parameters, a time limit.
 */
const NO_PAYLOAD_HERE = new Set([6, 7, 18, 20, 24].map((number) => `wrapper-extract-${number}`));

describe("recorded wrappers", () => {
  test("are all there", () => {
    expect(cases).toHaveLength(24);
    expect(NO_PAYLOAD_HERE.size).toBe(5);
  });

  test.each(cases.map((each) => [each.request.command.join(" "), each] as const))(
    "%s",
    (_text, { id, request, expected }) => {
      const style = id === "wrapper-extract-1" ? "win32" : "posix";
      expect(isShellCommand(request.command, style)).toBe(expected.isShellWrapper);
      const payload = shellPayload(request.command, style);
      const { payloadWithoutRaw, payloadWithRawLs } = expected;
      const recorded = payloadWithoutRaw ?? payloadWithRawLs ?? undefined;
      expect(payload).toBe(NO_PAYLOAD_HERE.has(id) ? undefined : recorded);
    },
  );
});

test.each([
  [["-c", "a b"], { kind: "text", text: "a b", login: false }],
  [["-lc", "a"], { kind: "text", text: "a", login: true }],
  [["-c", "a", "b"], { kind: "opaque", construct: "positional parameters" }],
  [["-c"], { kind: "opaque", construct: "shell without its text" }],
  [["-ec", "a"], { kind: "opaque", construct: "shell option `-ec`" }],
  [["-s"], { kind: "opaque", construct: "shell option `-s`" }],
  [["--", "a"], { kind: "opaque", construct: "shell option `--`" }],
  [[], { kind: "opaque", construct: "shell that reads its input" }],
  [[""], { kind: "opaque", construct: "shell option ``" }],
  [["script"], { kind: "script", operand: 0 }],
  [["-eu", "-x", "script", "-c"], { kind: "script", operand: 2 }],
])("%j", (args, expected) => {
  expect(readShellInvocation(args)).toEqual(expected);
});

test.each([
  [["/bin/sh", "-lc", "x"], true],
  [["/opt/bash-5.2", "-c", "x"], true],
  [["bash", "--norc", "-c", "x"], true],
  [["bash", "-o", "pipefail", "-c", "x"], true],
  [["bash", "script", "-c"], false],
  [["timeout", "-s", "KILL", "5", "bash", "-c", "x"], true],
  [["busybox", "ash", "-c", "x"], true],
  [["git", "-c", "x=y"], false],
  [["env", "A=1", "python3", "-c", "x"], false],
  [["powershell.exe", "-Command", "x"], true],
])("%j hands text to a shell: %s", (argv, expected) => {
  expect(isShellCommand(argv, "win32")).toBe(expected);
});
