import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { readSystemdUnit } from "./systemd-reader.ts";

function recorded(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");
}

test("the unit of an official release", () => {
  const unit = readSystemdUnit(recorded("official-2026.9.6.service"));
  expect(unit?.description).toBe("OpenClaw Node Host");
  expect(unit?.command).toEqual([
    "/opt/node/bin/node",
    "/opt/openclaw/dist/index.js",
    "node",
    "run",
    "--host",
    "127.0.0.1",
    "--port",
    "19598",
    "--no-tls",
    "--display-name",
    "Lab test node",
  ]);
  expect(unit?.environment.get("OPENCLAW_WINDOWS_TASK_NAME")).toBe("OpenClaw Node");
  expect(unit?.environmentFiles).toEqual(["-/home/user/.openclaw/node.systemd.env"]);
});

test("the unit of a release that quotes wrongly is not taken for something else", () => {
  expect(recorded("official-2026.2.9.service")).toContain("TASK_NAME=OpenClaw Node");
  expect(readSystemdUnit(recorded("official-2026.2.9.service"))).toBeUndefined();
});

describe("lines", () => {
  test("comments, blank lines, other sections, continuation, line ends of Windows", () => {
    const text = [
      "# ExecStart=/bin/no",
      "; ExecStart=/bin/no",
      "[Unit]",
      "ExecStart=/bin/no",
      "",
      " [Service]",
      "  ExecStart = /bin/yes a\\",
      "# between",
      "\tb  ",
      "no assignment",
      "Environment=A=1 B=2",
      "Environment=A=3",
      "[Install]",
      "Environment=C=1",
    ].join("\r\n");
    expect(readSystemdUnit(text)).toEqual({
      description: undefined,
      command: ["/bin/yes", "a", "b"],
      environment: new Map([
        ["A", "3"],
        ["B", "2"],
      ]),
      environmentFiles: [],
      workingDirectory: undefined,
    });
  });

  test.each([
    "ExecStart=/bin/a\nExecStart=/bin/b",
    "ExecStart=/bin/a ; /bin/b",
    "ExecStart=-/bin/a",
    "ExecStart=a",
    "ExecStart=",
    "ExecStart=/bin/a $HOME",
    "ExecStart=/bin/a %h",
    'ExecStart=/bin/a "open',
    "Environment=NAME",
    "Environment=A=%h",
    "EnvironmentFile=%h/x",
  ])("%j has no reading", (line) => {
    expect(readSystemdUnit(`[Service]\n${line}\n`)).toBeUndefined();
  });

  test("a huge text has none either", () => {
    expect(readSystemdUnit(`[Unit]\nDescription=${" ".repeat(512 * 1024)}`)).toBeUndefined();
  });
});
