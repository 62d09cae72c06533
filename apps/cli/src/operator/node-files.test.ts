import { resolveExecutable } from "@openclaw/approvals";
import { describe, expect, test } from "vitest";
import { nodeFiles } from "./node-files.ts";

describe("names of another machine", () => {
  test("lead where the node says, and nowhere before it was asked", () => {
    const { facts, wanted } = nodeFiles(
      new Map([
        ["git", "/usr/bin/git"],
        ["no", undefined],
      ]),
      "posix",
    );
    const found = (name: string): unknown => resolveExecutable(name, facts.hostCwd, facts, true)?.path;
    expect(found("git")).toBe("/usr/bin/git");
    expect(found("no")).toBeUndefined();
    expect([...wanted]).toEqual([]);
    expect(found("new")).toBeUndefined();
    expect([...wanted]).toEqual(["new"]);
  });

  test("absolute paths stand as they are; what depends on an unknown directory is not there", () => {
    const { facts, wanted } = nodeFiles(new Map(), "posix");
    const found = (name: string, cwd: string): unknown => resolveExecutable(name, cwd, facts, true)?.path;
    expect(found("/opt/x/../y", "/srv")).toBe("/opt/y");
    expect(found("./run", "/srv")).toBe("/srv/run");
    expect(found("./run", facts.hostCwd)).toBeUndefined();
    expect(found("../usr/bin/run", facts.hostCwd)).toBeUndefined();
    expect(found("~/run", "/srv")).toBeUndefined();
    expect([...wanted]).toEqual([]);
  });

  test("on Windows with the extension that the node names", () => {
    const known = new Map([
      ["git", String.raw`C:\Git\cmd\GIT.EXE`],
      ["git.exe", undefined],
      ["x", undefined],
    ]);
    const { facts, wanted } = nodeFiles(known, "win32");
    expect(resolveExecutable("git", facts.hostCwd, facts, false)?.path).toBe(String.raw`C:\Git\cmd\GIT.EXE`);
    expect(resolveExecutable("x", facts.hostCwd, facts, false)).toBeUndefined();
    expect([...wanted]).toEqual(expect.arrayContaining(["x.exe", "x.cmd"]));
  });
});
