import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readNodeScript, splitCommandLine, withoutCmd } from "./cmd-reader.ts";
import { cmdArgument, cmdAssignment, cmdProgram, cmdRemark, cmdScript } from "./cmd-text.ts";
import { ServiceError } from "./errors.ts";
import { neverCarried, tricky } from "./hostile-text.test.support.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const refused = (text: string): boolean => neverCarried.test(text) || /[\u0000-\u001f\u007f]/u.test(text);

/**
 * The first two steps of cmd with a line of a script: percent signs, then quotes, carets and the signs that end a
 * command. Undefined when the line would be more than one plain command.
 */
function asCmdReads(line: string): string | undefined {
  let text = "";
  for (let at = 0; at < line.length; at += 1) {
    if (line.charAt(at) !== "%") text += line.charAt(at);
    else if (line.charAt(at + 1) === "%") {
      text += "%";
      at += 1;
    } else return undefined;
  }
  let result = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (!quoted && character === "^") {
      at += 1;
      result += text.charAt(at);
    } else if (!quoted && "&|<>".includes(character)) return undefined;
    else {
      if (character === '"') quoted = !quoted;
      result += character;
    }
  }
  return result;
}

test("every word arrives as it was, or is refused for a named reason", () => {
  fc.assert(
    fc.property(fc.array(tricky, { maxLength: 6 }), (words) => {
      const line = (): string => ["C:\\node.exe", ...words.map((word) => cmdArgument(word))].join(" ");
      if (words.some(refused)) {
        expect(line).toThrow(ServiceError);
        return;
      }
      const read = asCmdReads(line());
      expect(read).toBeDefined();
      expect(splitCommandLine(read ?? "")).toEqual(["C:\\node.exe", ...words]);
      expect(withoutCmd(line())).toBe(read);
    }),
    { numRuns: 3_000 },
  );
});

test("every value without a double quote arrives as it was", () => {
  fc.assert(
    fc.property(tricky, (value) => {
      const line = (): string => cmdAssignment("NAME", value, "variable NAME");
      if (refused(value) || value.includes('"')) {
        expect(line).toThrow(ServiceError);
        return;
      }
      const read = asCmdReads(line());
      expect(/^set "NAME=(.*)"$/su.exec(read ?? "")?.[1]).toBe(value);
    }),
    { numRuns: 2_000 },
  );
});

test("a remark is no command and goes on in no other line", () => {
  expect(cmdRemark("a & b | c > d ^")).toBe("rem a   b   c   d  ");
});

describe("refused", () => {
  test.each(["node.exe", 'C:\\a"b.exe', "..\\node.exe", "C:node.exe"])("the program %j", (path) => {
    expect(() => cmdProgram(path)).toThrow(ServiceError);
  });
  test("a line that cmd would cut", () => {
    expect(() => cmdScript(["x".repeat(8_001)])).toThrow(/cmd takes/u);
  });
});

test.each([
  ["6.1", { size: 12, task: "OpenClaw Node" }],
  ["2.9", { size: 10, task: "OpenClaw Node" }],
])("the recorded script of 2026.%s", (version, { size, task }) => {
  const text = readFileSync(new URL(`fixtures/official-2026.${version}.node.cmd`, import.meta.url), "utf8");
  const read = readNodeScript(text);
  expect(read?.command.slice(0, 4)).toEqual([
    "/opt/node/bin/node",
    "/opt/openclaw/dist/index.js",
    "node",
    "run",
  ]);
  expect(read?.environment.size).toBe(size);
  expect(read?.environment.get("OPENCLAW_WINDOWS_TASK_NAME")).toBe(task);
});
