import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNodeFile } from "./node-file.ts";
import { runPath, withRunPath } from "./run-path.ts";

const SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

describe("runPath", () => {
  it("puts the directories of the system first", () => {
    expect(runPath("/home/u/.local/bin:/usr/bin:/opt/x", {}, "linux")).toBe(
      `${SYSTEM}:/home/u/.local/bin:/opt/x`,
    );
    expect(runPath("/opt/homebrew/bin:/usr/bin", {}, "darwin")).toBe(
      "/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin",
    );
  });

  it("leaves out what depends on the directory of the run", () => {
    expect(runPath("bin::.:../x:/opt/x", { order: "inherited" }, "linux")).toBe("/opt/x");
    expect(runPath(".", { order: "inherited" }, "linux")).toBe(SYSTEM);
  });

  it("does what the owner says", () => {
    const around = { before: ["/opt/first"], after: ["/opt/last"] };
    expect(runPath("/a:/b", { order: "inherited", ...around }, "linux")).toBe("/opt/first:/a:/b:/opt/last");
    expect(runPath("/a:/b", { order: "only", ...around }, "linux")).toBe(`/opt/first:${SYSTEM}:/opt/last`);
  });

  it("knows Windows", () => {
    const path = "C:\\tools;.;C:\\Windows\\system32;C:\\Windows";
    expect(runPath(path, {}, "win32")).toBe("C:\\Windows\\system32;C:\\Windows;C:\\tools");
    expect(withRunPath({ Path: path, X: "1" }, { order: "inherited" }, "win32")).toEqual({
      Path: "C:\\tools;C:\\Windows\\system32;C:\\Windows",
      X: "1",
    });
  });

  it("gives only full paths, each once, whatever it gets", () => {
    fc.assert(
      fc.property(fc.option(fc.string(), { nil: undefined }), (path) => {
        const parts = runPath(path, {}, "linux").split(":");
        expect(parts.every((part) => part.startsWith("/"))).toBe(true);
        expect(new Set(parts).size).toBe(parts.length);
        expect(parts.slice(0, 6).join(":")).toBe(SYSTEM);
      }),
    );
  });

  it.each([{ before: ["bin"] }, { after: ["/a:/b"] }, { order: "any" }, { first: [] }, []])(
    "refuses the setting %j",
    (path) => {
      const text = JSON.stringify({ version: 1, nodeId: "n", path });
      expect(() => parseNodeFile(text, "node.json")).toThrow(/`node.json` is not valid at `path/u);
    },
  );
});
