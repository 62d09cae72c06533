import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { PolicyEdit } from "./edit.ts";
import { loadPolicy } from "./load.ts";
import { applySet } from "./set.ts";
import { projectPolicy } from "./wire.ts";

interface SetCase {
  readonly id: string;
  readonly request: { readonly params: { readonly file?: unknown; readonly baseHash?: string } };
  readonly expected: {
    readonly outcome: string;
    readonly reason: string;
  };
}

const cases = (
  JSON.parse(readFileSync(new URL("../fixtures/approvals-cases.json", import.meta.url), "utf8")) as SetCase[]
).filter(({ id }) => id.startsWith("file-set-"));
const current = loadPolicy('{"version":1}');

test("the recorded edits are all there", () => {
  expect(cases).toHaveLength(5);
});

function runCase({ request }: SetCase): PolicyEdit {
  const { baseHash, ...params } = request.params;
  const hash = baseHash?.startsWith("<") === true ? current.hash : baseHash;
  return applySet(current, { ...params, ...(hash === undefined ? {} : { baseHash: hash }) });
}

test.each(
  cases.filter(({ expected }) => expected.outcome === "error").map((each) => [each.id, each] as const),
)("%s", (_id, recorded) => {
  expect(runCase(recorded)).toMatchObject({ ok: false, message: recorded.expected.reason });
});

test("a document of another version is refused; it was recorded as stored in the form of version 1", () => {
  const recorded = cases.filter(({ id }) => id.startsWith("file-set-version-2"));
  expect(recorded.map(runCase)).toMatchObject([{ ok: false, code: "file-invalid" }]);
});

test("what is stored is what was recorded, but for a plain text that was lost", () => {
  const [edit, ...others] = cases.filter(({ id }) => id.startsWith("file-set-ok")).map(runCase);
  if (edit?.ok !== true) throw new Error("refused");
  expect(others).toEqual([]);
  const shown = projectPolicy(edit.policy);
  const allowlist = [
    { id: expect.any(String) as string, pattern: "/usr/bin/true" },
    { id: "keep", pattern: "/x" },
  ];
  expect(shown.agents).toEqual({ main: { security: "deny", allowlist } });
  expect(shown.defaults).toMatchObject({ security: "allowlist", ask: "on-miss" });
  expect(edit.text).not.toMatch(/secret|topLevelExtra/u);
});
