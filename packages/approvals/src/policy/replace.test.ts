import { expect, test } from "vitest";
import { loadPolicy } from "./load.ts";
import { replacePolicy } from "./replace.ts";

const text = (file: object): string => JSON.stringify({ version: 1, ...file });
const START = text({
  socket: { path: "/s", token: "secret" },
  old: 1,
  agents: { main: { extra: 1, deny: ["dd"], allowlist: [{ id: "1", pattern: "/a" }] } },
});

function replaced(file: object, start: string = START): unknown {
  const current = loadPolicy(start);
  const edit = replacePolicy(current, { text: text(file), baseHash: current.hash }, () => "new");
  if (!edit.ok) throw new Error(edit.message);
  return JSON.parse(edit.text);
}

test("what is not in the document is gone, but for the token that nobody is shown", () => {
  expect(replaced({ socket: { path: "/s" }, agents: { main: { allowlist: ["/b"] } } })).toEqual({
    version: 1,
    socket: { path: "/s", token: "secret" },
    agents: { main: { allowlist: [{ id: "new", pattern: "/b" }] } },
  });
  expect(replaced({})).toEqual({ version: 1, socket: { token: "secret" } });
  expect(replaced({ socket: { token: "mine" } })).toEqual({ version: 1, socket: { token: "mine" } });
});

test("a malformed policy is replaced, a wrong document and another base are refused", () => {
  expect(replaced({ defaults: { security: "deny" } }, "{")).toEqual({
    version: 1,
    defaults: { security: "deny" },
  });
  const current = loadPolicy(START);
  const wrong = replacePolicy(current, { text: text({ defaults: { ask: "?" } }), baseHash: current.hash });
  expect(wrong).toMatchObject({ ok: false, code: "file-invalid" });
  const late = replacePolicy(current, { text: text({}), baseHash: loadPolicy("{}").hash });
  expect(late).toMatchObject({ ok: false, code: "base-hash-changed" });
});

test("the same document changes nothing", () => {
  const same = loadPolicy(`${JSON.stringify({ version: 1, agents: {} }, null, 2)}\n`);
  expect(replacePolicy(same, { text: text({ agents: {} }), baseHash: same.hash })).toMatchObject({
    changed: false,
  });
});
