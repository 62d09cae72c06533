import { execApprovalsFileSchema } from "@openclaw/protocol";
import { describe, expect, test } from "vitest";
import type { LoadedPolicy } from "./document.ts";
import type { PolicyEdit } from "./edit.ts";
import { loadPolicy } from "./load.ts";
import { applySet } from "./set.ts";
import { projectPolicy } from "./wire.ts";

const stored = loadPolicy(
  JSON.stringify({
    version: 1,
    socket: { path: "/s", token: "secret" },
    note: "mine",
    agents: {
      main: {
        allowlist: [{ id: "1", pattern: "/a", note: "why" }],
        deny: [{ pattern: "/bin/rm", reason: "never" }],
        color: "red",
      },
      worker: { security: "full", deny: ["/bin/dd"] },
      gone: { security: "deny", color: "blue" },
    },
  }),
);
const ids = ((): (() => string) => {
  let next = 0;
  return () => `id-${(next += 1)}`;
})();

function jsonOf(edit: PolicyEdit): unknown {
  if (!edit.ok) throw new Error(edit.message);
  expect(edit.policy).toEqual(loadPolicy(edit.text));
  return JSON.parse(edit.text);
}
const set = (current: LoadedPolicy, file: unknown, edits?: "narrow" | "off"): PolicyEdit =>
  applySet(current, { file, baseHash: current.hash }, { randomId: ids, edits });

describe("refusals carry the exact texts", () => {
  const file = { version: 1 };
  test.each([
    [{}, "file-required", "exec approvals file required"],
    [{ file: [] }, "file-required", "exec approvals file required"],
    [{ file }, "base-hash-required", "exec approvals base hash required; reload and retry"],
    [{ file, baseHash: "00" }, "base-hash-changed", "exec approvals changed; reload and retry"],
    [
      { file: { version: 2 }, baseHash: stored.hash },
      "file-invalid",
      "exec approvals file invalid: `version` must be 1",
    ],
    [
      { file: { version: 1, defaults: { security: "all" } }, baseHash: stored.hash },
      "file-invalid",
      "exec approvals file invalid: `defaults.security` must be one of deny, allowlist, full",
    ],
  ])("%j", (params, code, text) => {
    expect(applySet(stored, params)).toEqual({
      ok: false,
      code,
      message: `Error: INVALID_REQUEST: ${text}`,
    });
  });

  test("without a file no hash is needed, but a wrong one is refused", () => {
    const missing = loadPolicy(undefined);
    expect(applySet(missing, { file }).ok).toBe(true);
    expect(applySet(missing, { file, baseHash: missing.hash }).ok).toBe(true);
    expect(applySet(missing, { file, baseHash: "00" }).ok).toBe(false);
  });

  test("a malformed policy can be replaced by whoever has seen it", () => {
    const broken = loadPolicy("{");
    expect(applySet(broken, { file }).ok).toBe(false);
    expect(jsonOf(set(broken, file))).toEqual({ version: 1, agents: {} });
  });
});

describe("what a Gateway cannot see stays", () => {
  test("token, deny entries and unknown keys survive a round trip", () => {
    const shown = projectPolicy(stored);
    expect(execApprovalsFileSchema.safeParse(shown).success).toBe(true);
    expect(JSON.stringify(shown)).not.toMatch(/secret|deny":\[|rm|note|color/u);
    expect(jsonOf(set(stored, JSON.parse(JSON.stringify(shown))))).toEqual({
      version: 1,
      socket: { path: "/s", token: "secret" },
      note: "mine",
      defaults: { security: "allowlist", ask: "on-miss", askFallback: "deny", autoAllowSkills: false },
      agents: {
        main: {
          allowlist: [{ id: "1", pattern: "/a", note: "why" }],
          deny: [{ pattern: "/bin/rm", reason: "never" }],
          color: "red",
        },
        worker: { security: "full", deny: [{ pattern: "/bin/dd" }] },
        gone: { security: "deny", color: "blue" },
      },
    });
  });

  test("removing an agent leaves its deny entries; new deny entries are added", () => {
    const file = { version: 1, agents: { main: { deny: ["/bin/x", "/bin/rm"] } } };
    expect(jsonOf(set(stored, file))).toMatchObject({
      agents: {
        main: { deny: [{ pattern: "/bin/rm", reason: "never" }, { pattern: "/bin/x" }], color: "red" },
        worker: { deny: [{ pattern: "/bin/dd" }] },
      },
    });
    const emptied = jsonOf(set(stored, { version: 1 })) as { agents: Record<string, unknown> };
    expect(Object.keys(emptied.agents)).toEqual(["main", "worker"]);
    expect(emptied.agents["worker"]).toEqual({ deny: [{ pattern: "/bin/dd" }] });
  });

  test("incoming socket values win, blank ones count as absent", () => {
    const file = { version: 1, socket: { path: " /t ", token: "" } };
    expect(jsonOf(set(stored, file))).toMatchObject({ socket: { path: "/t", token: "secret" } });
  });

  test("old forms are stored in the newer one, with ids", () => {
    const file = {
      version: 1,
      topLevelExtra: 5,
      defaults: { security: "allowlist", ask: "on-miss" },
      agents: {
        main: {
          allowlist: [
            "/usr/bin/true",
            { pattern: "  " },
            { pattern: "/x", commandText: "s", extra: 1, id: "keep" },
          ],
        },
        default: { security: "deny" },
      },
    };
    expect(jsonOf(set(loadPolicy(undefined), file))).toEqual({
      version: 1,
      defaults: { security: "allowlist", ask: "on-miss" },
      agents: {
        main: {
          security: "deny",
          allowlist: [
            { pattern: "/usr/bin/true", id: "id-1" },
            { pattern: "/x", extra: 1, id: "keep" },
          ],
        },
      },
    });
  });
});

describe("the owner's lock", () => {
  test("off refuses every change", () => {
    expect(set(stored, { version: 1 }, "off")).toMatchObject({ ok: false, code: "edits-off" });
  });

  test.each([
    [{ agents: { main: { allowlist: [] }, worker: { security: "allowlist" } } }, true],
    [{ agents: { main: { allowlist: ["/a"] } }, defaults: { security: "deny" } }, true],
    [{ agents: { main: { allowlist: ["/a", "/b"] } } }, false],
    [{ agents: { main: { security: "full" } } }, false],
    [{ agents: { other: { ask: "off" } } }, false],
    [{ agents: { other: { ask: "always" } } }, true],
    [{ defaults: { askFallback: "full" } }, false],
    [{ defaults: { autoAllowSkills: true } }, false],
    // An agent of its own that is gone falls back to something wider.
    [{ agents: { main: {}, worker: {} } }, false],
  ])("narrow lets %j through: %s", (change, allowed) => {
    const shown = JSON.parse(JSON.stringify(projectPolicy(stored))) as Record<string, object>;
    const agents = "agents" in change ? { ...shown["agents"], ...change.agents } : shown["agents"];
    if (JSON.stringify(change) === '{"agents":{"main":{},"worker":{}}}') {
      delete (agents as Record<string, unknown>)["gone"];
    }
    const edit = set(stored, { ...shown, ...change, agents }, "narrow");
    expect(edit.ok ? "ok" : edit.code).toBe(allowed ? "ok" : "edit-widens");
  });
});

describe("conditions of our own, which the wire does not show", () => {
  const digest = "0".repeat(64);
  const pinned = loadPolicy(
    JSON.stringify({
      version: 1,
      agents: { main: { allowlist: [{ pattern: "/a", contentSha256: digest }] } },
    }),
  );

  test("stay with an entry that has no id yet", () => {
    const edit = applySet(pinned, { file: projectPolicy(pinned), baseHash: pinned.hash });
    expect(edit.ok && edit.text).toContain(`"contentSha256": "${digest}"`);
  });

  test("cannot be dropped where only narrowing is allowed", () => {
    const dropped = {
      version: 1,
      defaults: {},
      agents: { main: { allowlist: [{ id: "x", pattern: "/a" }] } },
    };
    const params = { file: dropped, baseHash: pinned.hash };
    expect(applySet(pinned, params, { edits: "narrow" })).toMatchObject({ ok: false, code: "edit-widens" });
  });
});
