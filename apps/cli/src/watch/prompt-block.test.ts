import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptText } from "../host/prompt.test.support.ts";
import { textWidth } from "../output/text-width.ts";
import { hardWrap } from "./hard-wrap.ts";
import { BLOCK_LIMITS, promptBlock } from "./prompt-block.ts";

const options = { width: 80, whole: false, paint: (_color: string, text: string): string => text };
const ACTING = /\p{Cc}|\p{Cf}|[\u2028\u2029]/u;
const joined = (lines: readonly string[]): string => lines.map((line) => line.slice(13)).join("");

describe("promptBlock", () => {
  it("shows who, what, where, why, and what always would add", () => {
    expect(promptBlock(promptText({ env: { A: "b c" } }), options)).toMatchInlineSnapshot(`
      {
        "complete": true,
        "lines": [
          "Agent:       main",
          "Session:     agent:main:main",
          "Gateway:     ws://127.0.0.1:18789",
          "Command:     git push",
          "Starts:      /usr/bin/git",
          "Directory:   /srv/app",
          "Environment: 'A=b c'",
          "Why asked:   \`git\` is not in the allowlist of agent \`main\`",
          "Always:      adds for agent main: /usr/bin/git (exactly these arguments, in ",
          "             this directory); and a mark for the Gateway, which allows nothing ",
          "             here",
        ],
      }
    `);
  });

  it("shows what a rebuilt text says, program by program", () => {
    const { lines } = promptBlock(
      promptText({
        argv: ["sh", "-c", "a && cd"],
        starts: { executable: "/usr/bin/dash", argv: ["sh", "-c", "'/opt/a' && 'cd'"] },
        programs: [
          { name: "a", path: "/opt/a" },
          { name: "cd", path: null },
        ],
        always: null,
        whyNotAlways: "the request names no agent",
      }),
      options,
    );
    expect(lines).toContain("Command:     sh -c 'a && cd'");
    expect(lines).toContain(
      "Starts:      /usr/bin/dash -c with the text: '/opt/a' && 'cd' under the name sh",
    );
    expect(lines).toContain("Programs:    a is /opt/a, cd is part of the shell");
    expect(lines).toContain("Always:      not possible: the request names no agent");
  });

  it.each([
    ["escape sequences", "\u001b[2K\u001b[1A", String.raw`\x1b[2K\x1b[1A`],
    ["reversed text", "\u202egnp.exe", String.raw`\u202egnp.exe`],
    ["line breaks", "x\nCommand:     ls", String.raw`x\nCommand:     ls`],
    ["letters that look like others", "g\u0456t", "U+0456"],
  ])("shows %s instead of obeying them", (_what, text, shown) => {
    const { lines } = promptBlock(promptText({ argv: ["x", text], cwd: text, env: { A: text } }), options);
    expect(lines.join("\n").replaceAll("\n", "")).not.toMatch(ACTING);
    expect(joined(lines)).toContain(shown);
  });

  it("lets no text of a request begin a line, however it is padded", () => {
    const padded = `a${" ".repeat(66)}Command:     ls${" ".repeat(70)}Always:`;
    const { lines } = promptBlock(promptText({ argv: ["x", padded] }), options);
    expect(lines.filter((line) => line.startsWith("Command:")).length).toBe(1);
    expect(lines.filter((line) => line.startsWith("Always:")).length).toBe(1);
  });

  it("says what of a long command is not shown, and shows it when asked", () => {
    const long = `${"a".repeat(100_000)};rm -rf ~`;
    const cut = promptBlock(promptText({ argv: ["x", long] }), options);
    expect(cut.complete).toBe(false);
    expect(cut.lines.length).toBeLessThan(60);
    expect(joined(cut.lines)).toMatch(/of 100013 characters are not shown; sha256 of all [0-9a-f]{64}/u);
    expect(joined(cut.lines)).toContain(";rm -rf ~'");
    const whole = promptBlock(promptText({ argv: ["x", long] }), { ...options, whole: true });
    expect(whole.complete).toBe(true);
    expect(joined(whole.lines)).toContain(`x '${long}'`);
  });

  it("never wraps beyond the width, and loses nothing", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", " ", "\u4e2d", "\u0301", "b ", "\ud83d\ude00", "/"),
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (value, width) => {
        const lines = hardWrap(value, width);
        expect(lines.join("")).toBe(value);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
    expect(BLOCK_LIMITS.shownChars).toBeGreaterThan(BLOCK_LIMITS.tailChars);
  });
});
