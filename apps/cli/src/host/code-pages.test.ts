import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRun } from "@openclaw/executor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askConsole, outputDecoder, parseCodePage } from "./code-pages.ts";
import { OEM_PAGES } from "./oem-pages.ts";
import { scratchDir } from "./scratch.test.support.ts";

/** What Python makes of these bytes; the other opinion. */
function python(page: number, hex: string): string {
  const program = `import sys; sys.stdout.buffer.write(bytes.fromhex("${hex}").decode("cp${page}", "replace").encode())`;
  return execFileSync("python3", ["-c", program], { encoding: "utf8" });
}

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

describe("outputDecoder", () => {
  it.each([...OEM_PAGES.keys(), 1250, 1251, 1252, 1253, 1254, 1257, 1258, 874])(
    "reads code page %i as others do",
    (page) => {
      const ours = outputDecoder(page)?.(ALL) ?? "";
      const theirs = python(page, ALL.toString("hex"));
      // Where a table has a hole, the platform shows a control character.
      const same = Array.from(theirs).every((char, at) => char === "\ufffd" || char === ours[at]);
      expect([ours.length, same]).toEqual([256, true]);
    },
  );

  it.each([
    [936, "c4e3bac3", "你好"],
    [54_936, "8130813081308130c4e3", undefined],
    [950, "a741a66e", "你好"],
    [932, "82b182f182c982bf82cd", "こんにちは"],
    [949, "bec8b3e7", "안녕"],
    [437, "82", "é"],
    [850, "d5", "ı"],
    [866, "8fe0a8a2a5e2", "Привет"],
  ])("reads what programs print under code page %i", (page, hex, text) => {
    const ours = outputDecoder(page)?.(Buffer.from(hex, "hex"));
    expect(ours).toBe(text ?? new TextDecoder("gb18030").decode(Buffer.from(hex, "hex")));
  });

  it("takes UTF-8 for what it is, whatever the console says, and knows no others", () => {
    for (const page of [437, 936, 1252])
      expect(outputDecoder(page)?.(Buffer.from("grün 你"))).toBe("grün 你");
    for (const page of [65_001, 0, 12_345]) expect(outputDecoder(page)).toBeUndefined();
  });

  it("shows no half characters where an output was cut", () => {
    const text = Buffer.from("\n c4e3bac3".replace(/[^0-9a-f]/gu, ""), "hex");
    const decode = outputDecoder(936);
    expect(decode?.(text.subarray(0, 3), "end")).toBe("你");
    expect(decode?.(Buffer.concat([text.subarray(1), Buffer.from("\n"), text]), "front")).toBe("\n你好");
  });

  it("takes any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(437, 936, 950, 932, 949, 54_936, 1252),
        fc.constantFrom("front" as const, "end" as const, undefined),
        (bytes, page, cut) => {
          expect(typeof outputDecoder(page)?.(Buffer.from(bytes), cut)).toBe("string");
        },
      ),
    );
  });
});

describe("the code page of a console", () => {
  it.each([
    ["Active code page: 437\r\n", 437],
    ["Aktive Codepage: 850.\r\n", 850],
    ["現在のコード ページ: 932\r\n", 932],
    ["Page de codes active\u00a0: 65001\r\n", 65_001],
    ["", undefined],
    ["12", undefined],
  ])("is the number in %j", (printed, page) => {
    expect(parseCodePage(printed)).toBe(page);
  });

  it("is asked for, and is nothing where nobody answers", async () => {
    const chcp = join(scratchDir(), "chcp.com");
    writeFileSync(chcp, "#!/bin/sh\necho 'Active code page: 850'\n");
    chmodSync(chcp, 0o755);
    expect((await askConsole(chcp))?.(Buffer.from([0xe1]))).toBe("ß");
    expect(await askConsole("/nowhere/chcp.com")).toBeUndefined();
  });

  it("is what the output of a run is read with, also where it is cut", async () => {
    const text = String.raw`printf '\341'; printf '%1000s' x; printf '\202\n'`;
    const plan = {
      executable: "/bin/sh",
      argv: ["/bin/sh", "-c", text],
      cwd: "/",
      env: {},
      commandText: "",
      bindings: [],
    };
    const { stdout } = await startRun(plan, { decode: outputDecoder(850), outputBytes: 100 }).result;
    expect(stdout).toMatch(/^ß +\n\.\.\. \(truncated: 9\d\d bytes are missing here\) \.\.\.\n +xé\n$/u);
  });
});
