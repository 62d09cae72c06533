import { loadPolicy } from "@openclaw/approvals";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readWrittenPolicy } from "./policy-text.ts";

test("JSON, JSON with comments, and JSON5 say the same", () => {
  const file = { version: 1, agents: { "*": { allowlist: ["/usr/bin/git"], deny: ["// no comment, }"] } } };
  const texts = [
    JSON.stringify(file),
    `// why\n{ /* a ] */ "agents": {"*": {"allowlist": ["/usr/bin/git",], "deny": ["// no comment, }",],},}, }`,
    `{agents: {'*': {allowlist: ['/usr/bin/git'], deny: ["// no comment, }"]}}}`,
  ];
  for (const text of texts) expect(readWrittenPolicy(text)).toEqual({ ok: true, file });
  expect(readWrittenPolicy("{}")).toEqual({ ok: true, file: { version: 1 } });
});

test.each<[string, object]>([
  ['{\n  "agents": {,}\n}', { kind: "syntax", line: 2, column: 14 }],
  ['// x\n{\n  "defaults": { "ask": "no" }\n}', { kind: "meaning", line: 3, column: 24 }],
  ['{ "defaults": { "ask": "no" } }', { kind: "meaning", line: 1, column: 24 }],
  ['{ "version": 1, "defaults": { "ask": "no" } }', { kind: "meaning", line: 1, column: 38 }],
  ['{\n"agents": {"a": {}, "a": {}} }', { kind: "meaning", line: 2, column: 21 }],
  ['{ "version": 2 }', { kind: "meaning", line: 1, column: 14 }],
  ["{defaults: {ask: 'no'}}", { kind: "meaning" }],
  ["[]", { kind: "meaning" }],
  ["", { kind: "syntax" }],
  ["5", { kind: "meaning" }],
  ['{"__proto__": {}}', { kind: "meaning" }],
])("%j is refused at its place", (text, expected) => {
  const { message: _message, ...rest } = readWrittenPolicy(text) as { readonly message?: string };
  expect(rest).toMatchObject({ ok: false, ...expected });
});

test("one agent is read as a part, and cannot break out of it", () => {
  expect(readWrittenPolicy('// x\n{ "security": "deny" }', "main")).toEqual({
    ok: true,
    file: { version: 1, agents: { main: { security: "deny" } } },
  });
  expect(readWrittenPolicy('{\n "ask": "no" }', "main")).toMatchObject({ ok: false, line: 2, column: 9 });
  expect(readWrittenPolicy('{ "ask": "no" }', "main")).toMatchObject({ ok: false, line: 1, column: 10 });
  for (const text of ['{}}, "defaults": {"security": "full"', '{}, "b": {}', "", "[]"]) {
    expect(readWrittenPolicy(text, "main").ok).toBe(false);
  }
});

const scrap = fc.constantFrom(
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "'",
  "//",
  "/*",
  "*/",
  "\n",
  " ",
  "\\",
  "1",
  '"version"',
  '"agents"',
  "a",
);

test("whatever is written gives an answer, and what is taken can be loaded", () => {
  const text = fc.array(scrap, { maxLength: 30 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.option(fc.constantFrom("main", '"}', "*"), { nil: undefined }), (written, agent) => {
      const read = readWrittenPolicy(written, agent);
      if (read.ok) expect(loadPolicy(JSON.stringify(read.file)).kind).toBe("ok");
      else expect(read.message).not.toBe("");
    }),
    { numRuns: 2000 },
  );
});
