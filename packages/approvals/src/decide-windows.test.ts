import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { FileFact, Facts } from "./facts.ts";
import { windowsCandidates } from "./command/resolve-windows.ts";
import { policyOf } from "./testing/scene.test.support.ts";

const FILES = [
  "c:\\tools\\git.exe",
  "c:\\tools\\head.exe",
  "c:\\tools\\run.cmd",
  "c:\\work\\git.exe",
  "c:\\windows\\cmd.exe",
  "c:\\windows\\powershell.exe",
];

const plain = (path: string): string => path.replaceAll("/", "\\").replaceAll("\\.\\", "\\").toLowerCase();
const stat = (path: string): FileFact | undefined => {
  const at = plain(path);
  const kind = FILES.includes(at) ? "file" : at === "c:\\work" ? "directory" : undefined;
  return kind && { path, dev: 1, ino: 1, size: 1, mtimeMs: 1, ctimeMs: 1, kind, executable: true };
};
const facts: Facts = {
  pathStyle: "win32",
  home: "C:\\Users\\me",
  hostCwd: "C:\\work",
  pathEnv: ".;tools;C:\\tools;C:\\windows",
  stat,
  realpath: (path) => (stat(path) === undefined ? undefined : plain(path)),
};
const run = (argv: readonly string[], list: readonly string[], rawCommand?: string): Decision =>
  decide({ argv, rawCommand, env: {}, approved: false, needsScreenRecording: false }, policyOf(list), facts);

describe("on Windows", () => {
  test("listed programs run by their real path, whatever the case", () => {
    expect(run(["Git", "status"], ["C:\\Tools\\*"])).toMatchObject({
      outcome: "allow",
      plan: { executable: "c:\\tools\\git.exe", argv: ["Git", "status"], cwd: "c:\\work" },
    });
    expect(run(["git"], ["GIT"]).outcome).toBe("allow");
    expect(run(["C:/tools/git.exe"], ["c:\\tools\\git.exe"]).outcome).toBe("allow");
  });

  test("the working directory is not searched", () => {
    expect(run(["git"], ["C:\\work\\*"]).outcome).toBe("ask");
    expect(run([".\\git"], ["C:\\work\\*"]).outcome).toBe("allow");
  });

  test.each([
    [["cmd.exe", "/d", "/s", "/c", "git status"], "git status"],
    [["powershell", "-NoProfile", "-Command", "git status"], undefined],
    [["run"], undefined],
    [["C:\\tools\\run.cmd"], undefined],
  ])("shells and batch files always ask: %j", (argv, raw) => {
    expect(run(argv, ["*"], raw).outcome).toBe("ask");
  });

  test("no program is covered by a built-in profile", () => {
    const decision = run(["head", "-n", "1"], []);
    expect(decision).toMatchObject({ outcome: "ask", reason: "not-listed" });
  });

  test("the guard against inline code looks into plain text", () => {
    const judge = (argv: readonly string[]): string => {
      const request = { argv, env: {}, approved: false, needsScreenRecording: false };
      const policy = policyOf([], { security: "full", ask: "off" });
      const decision = decide(request, policy, facts, { strictInlineEval: true });
      return decision.outcome === "ask" ? `ask ${decision.view.inlineEval?.name ?? ""}` : decision.outcome;
    };
    expect(judge(["cmd.exe", "/d", "/s", "/c", "git status"])).toBe("allow");
    expect(judge(["cmd.exe", "/d", "/s", "/c", "python -c 1"])).toBe("ask python");
    expect(judge(["cmd.exe", "/d", "/s", "/c", "git status & x"])).toBe("ask cmd.exe");
    expect(judge(["powershell", "-NoProfile", "-Command", "iex x"])).toBe("ask powershell");
  });

  test.each([
    "\\\\host\\share\\git.exe",
    "\\\\?\\C:\\tools\\git.exe",
    "C:git.exe",
    "git.exe:stream",
    "C:\\tools\\git.exe.",
    "C:\\tools\\git.exe ",
    "C:\\tools .\\git.exe",
    "git\u0000.exe",
    "gi?.exe",
    "//host/share/x",
  ])("%j is never looked up", (name) => {
    expect(windowsCandidates(name, "C:\\work", facts)).toEqual([]);
  });
});
