import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EventFrame } from "@openclaw/protocol";
import { describe, expect, it } from "vitest";
import { hostScene, keepingSession, type HostScene } from "./host-scene.test.support.ts";
import { Invokes } from "./invokes.ts";

const DEVICE = "d-1";

/** What a Gateway may send, from its text on. */
function frame(id: string, params: object | string, more: object = {}): EventFrame {
  const paramsJSON = typeof params === "string" ? params : JSON.stringify(params);
  const payload = { id, nodeId: DEVICE, command: "system.run", paramsJSON, ...more };
  return { type: "event", event: "node.invoke.request", payload };
}

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly result?: Readonly<Record<string, unknown>>;
}

async function answerTo(params: object | string, scene: HostScene = hostScene()): Promise<Answer> {
  const invokes = new Invokes(scene.context, DEVICE);
  const session = keepingSession();
  invokes.onEvent(frame("a", params), session);
  await session.answered(1);
  const { ok, error, payloadJSON } = session.results().get("a") ?? {};
  await invokes.close();
  return {
    ok: ok === true,
    ...(error === undefined ? {} : { error: error as Answer["error"] & object }),
    ...(typeof payloadJSON === "string"
      ? { result: JSON.parse(payloadJSON) as Answer["result"] & object }
      : {}),
  };
}

describe("a time-out", () => {
  it.each(["-1", "-1e300", "0", "null", "1e300", "9007199254740993"])("of %s is none", async (timeoutMs) => {
    const { result } = await answerTo(`{"command":["echo","on"],"timeoutMs":${timeoutMs}}`);
    expect(result).toMatchObject({ stdout: "on\n", timedOut: false, success: true });
  });

  it.each(["0.5", "1", "1e-9"])("of %s ms is over at once", async (timeoutMs) => {
    const { result } = await answerTo(`{"command":["sleep","30"],"timeoutMs":${timeoutMs}}`);
    expect(result).toMatchObject({ timedOut: true, exitCode: 124 });
  });

  it.each(['"5"', '"soon"', "true", "[]", "{}", "1e999"])(
    "of %s is refused, and nothing runs",
    async (timeoutMs) => {
      const scene = hostScene();
      const mark = join(scene.dir, "mark");
      const { ok, error } = await answerTo(`{"command":["touch","${mark}"],"timeoutMs":${timeoutMs}}`, scene);
      expect([ok, error?.code]).toEqual([false, "INVALID_REQUEST"]);
      expect(error?.message).toContain("timeoutMs");
      expect(scene.audited).toEqual([]);
    },
  );
});

describe("an environment", () => {
  it.each(["A=B", "A\0", "A\nB", "A B", "", "=", "A".repeat(200_000)])(
    "with a name that begins like %.8j is refused, or starts nothing that gets it",
    async (name) => {
      const { ok, error, result } = await answerTo({ command: ["env"], env: { [name]: "x" } });
      const what = error?.message ?? String(result?.["error"]);
      expect(ok && result?.["success"] === true).toBe(false);
      expect(what).toMatch(/environment|is longer than|too large|larger than/u);
      expect(what.length).toBeLessThan(2000);
    },
  );

  it("may hold lines, blanks and signs in its values", async () => {
    const value = "line one\nline two = $HOME `x` \u{1f600}\t";
    const { result } = await answerTo({ command: ["printenv", "MY_VALUE"], env: { MY_VALUE: value } });
    expect(result).toMatchObject({ stdout: `${value}\n` });
  });

  it("of 10 MB is refused with a short reason, as is a value with a NUL", async () => {
    for (const value of ["x".repeat(10_000_000), "a\0b"]) {
      const { ok, error, result } = await answerTo({ command: ["env"], env: { BIG: value } });
      const what = error?.message ?? String(result?.["error"]);
      expect(ok && result?.["success"] === true).toBe(false);
      expect(what.length).toBeLessThan(2000);
    }
  });
});

describe("a program", () => {
  it("that vanishes before it starts is told as missing", async () => {
    const scene = hostScene();
    const path = join(scene.dir, "tool");
    writeFileSync(path, "#!/bin/sh\necho on\n");
    chmodSync(path, 0o755);
    expect((await answerTo({ command: [path] }, scene)).result).toMatchObject({ stdout: "on\n" });
    rmSync(path);
    const { ok, error, result } = await answerTo({ command: [path] }, scene);
    expect(ok && result?.["success"] === true).toBe(false);
    expect(error?.message ?? result?.["error"]).toMatch(/ENOENT|missing|not found|changed|is not there/u);
  });

  const foreign = Buffer.from(readFileSync("/bin/true").subarray(0, 4096));
  // The processor that a program is for stands at byte 18 of its head; there is none of this number.
  foreign.writeUInt16LE(0xfeed, 18);

  it.each([
    ["a script without a first line", "echo no\n", /script/u],
    ["for another processor", foreign, /processor/u],
    ["an empty file", "", /empty/u],
    ["neither program nor script", "\x01\x02\x03\x04no\n", /format|not a program|neither/u],
    ["a directory", undefined, /directory/u],
  ] as const)("that is %s is named as that, and no shell gets it", async (_what, content, words) => {
    const scene = hostScene();
    const path = join(scene.dir, "tool");
    if (content === undefined) mkdirSync(path);
    else writeFileSync(path, content, { mode: 0o755 });
    const { ok, error, result } = await answerTo({ command: [path] }, scene);
    const what = error?.message ?? String(result?.["error"]);
    expect(ok && result?.["success"] === true).toBe(false);
    expect(what).toMatch(words);
    expect(what).toContain(path);
    expect(result?.["stdout"] ?? "").toBe("");
  });

  it("whose directory vanishes meanwhile runs on", async () => {
    const scene = hostScene();
    const cwd = join(scene.dir, "short-lived");
    mkdirSync(cwd);
    const command = ["/bin/sh", "-c", `rmdir '${cwd}'; echo still`];
    expect((await answerTo({ command, cwd }, scene)).result).toMatchObject({
      stdout: "still\n",
      success: true,
    });
    const again = await answerTo({ command, cwd }, scene);
    expect(again.error?.message ?? again.result?.["error"]).toMatch(/directory does not exist.*short-lived/u);
  });

  it("that removes itself runs on", async () => {
    const scene = hostScene();
    const path = join(scene.dir, "tool");
    writeFileSync(path, '#!/bin/sh\nrm "$0"\necho still\n');
    chmodSync(path, 0o755);
    expect((await answerTo({ command: [path] }, scene)).result).toMatchObject({
      stdout: "still\n",
      success: true,
    });
  });
});

describe("a cancel", () => {
  const cancel = (payload: object): EventFrame => ({ type: "event", event: "node.invoke.cancel", payload });

  it("for another node, or for a run that is over, ends nothing", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    invokes.onEvent(frame("over", { command: ["true"] }), session);
    await session.answered(1);
    invokes.onEvent(frame("on", { command: ["sh", "-c", "sleep 0.3; echo whole"] }), session);
    invokes.onEvent(cancel({ invokeId: "over", nodeId: DEVICE }), session);
    invokes.onEvent(cancel({ invokeId: "on", nodeId: "d-2" }), session);
    await session.answered(2);
    const payload: unknown = JSON.parse(String(session.results().get("on")?.["payloadJSON"]));
    expect(payload).toMatchObject({ stdout: "whole\n", success: true });
    expect(session.results().size).toBe(2);
  });

  it("without a node is meant for this one", async () => {
    const invokes = new Invokes(hostScene().context, DEVICE);
    const session = keepingSession();
    invokes.onEvent(frame("on", { command: ["sleep", "30"] }), session);
    invokes.onEvent(cancel({ invokeId: "on" }), session);
    await session.answered(1);
    expect(session.results().get("on")).toBeDefined();
  });
});
