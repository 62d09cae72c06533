import { expect, test } from "vitest";
import type { PolicyEntry } from "../policy/document.ts";
import { cwdArgvPattern } from "./argument-hash.ts";
import { argumentTarget } from "../testing/argument-target.test.support.ts";
import { matchEntry, type MatchTarget } from "./entry.ts";

const tool: MatchTarget = {
  path: "/opt/bin/tool",
  name: "tool",
  searched: true,
  multiCall: false,
  ...argumentTarget(["a"], "/w"),
  content: () => "c".repeat(64),
  launch: () => "1".repeat(64),
  pathStyle: "posix",
  home: "/home/me",
};
const match = (entry: PolicyEntry | string, target: Partial<MatchTarget> = {}): string =>
  matchEntry(typeof entry === "string" ? { pattern: entry } : entry, { ...tool, ...target });

test.each([
  ["/opt/bin/tool", {}, "yes"],
  ["/opt/bin/*", {}, "yes"],
  ["tool", {}, "yes"],
  ["t*", {}, "yes"],
  ["*", {}, "yes"],
  ["**", {}, "yes"],
  ["tool", { searched: false }, "no"],
  ["*", { searched: false }, "yes"],
  ["*", { path: undefined }, "no"],
  ["tool", { path: undefined }, "no"],
  ["bin/tool", {}, "no"],
  ["/OPT/bin/tool", {}, "no"],
  ["~/bin/tool", { path: "/home/me/bin/tool" }, "yes"],
  ["~me/bin/tool", { path: "/home/me/bin/tool" }, "no"],
  ["/opt/bin/~", { path: "/opt/bin/~" }, "yes"],
  [" /opt/bin/tool", {}, "no"],
  ["   ", {}, "no"],
  ["=command:00", {}, "no"],
  ["=tool", { name: "=tool", path: "/opt/bin/=tool" }, "no"],
  ["too=", { name: "too=", path: "/opt/bin/too=" }, "yes"],
  ["   ", { name: "   ", path: "/opt/bin/   " }, "no"],
  ["~", { name: "~", path: "/opt/bin/~" }, "no"],
  ["~", { path: "/home/me" }, "yes"],
  // A backslash is a letter of a name where it is no slash.
  ["to\\ol", { name: "to\\ol", path: "/opt/bin/to\\ol" }, "yes"],
  ["/bin/busybox", { path: "/bin/busybox", multiCall: true }, "no"],
  ["tool", { path: "/bin/busybox", multiCall: true }, "yes"],
  ["c:\\Tools\\*.exe", { path: "C:\\tools\\Git.exe", pathStyle: "win32" }, "yes"],
  ["c:/tools/git.exe", { path: "\\\\?\\C:\\tools\\Git.exe", pathStyle: "win32" }, "yes"],
  ["c:/tools/*", { path: "C:\\tools\\a\\git.exe", pathStyle: "win32" }, "no"],
] as const)("%s on %j: %s", (pattern, target, expected) => {
  expect(match(pattern, target)).toBe(expected);
});

test("generated entries count only with their directory and arguments", () => {
  const source = "allow-always";
  const pattern = "/opt/bin/tool";
  expect(match({ pattern, source })).toBe("no");
  expect(match({ pattern, source, argPattern: "^a\0$" })).toBe("no");
  const argPattern = cwdArgvPattern("/w", ["a"]);
  expect(match({ pattern, source, argPattern })).toBe("yes");
  expect(match({ pattern, source, argPattern }, argumentTarget(["a"], "/v"))).toBe("no");
  expect(match({ pattern, argPattern: "(?=a)" })).toBe("unsupported");
  // Under another name the same file may do something else, unless the whole command is bound.
  const renamed = { name: "other" };
  expect(match({ pattern, source, argPattern }, renamed)).toBe("no");
  expect(match({ pattern, source, argPattern, launchSha256: "1".repeat(64) }, renamed)).toBe("yes");
});

test("an entry may name the content of the file, and the command that it is part of", () => {
  const pattern = "/opt/bin/tool";
  for (const [key, digit] of [
    ["contentSha256", "c"],
    ["launchSha256", "1"],
  ] as const) {
    expect(match({ pattern, [key]: digit.repeat(64) })).toBe("yes");
    expect(match({ pattern, [key]: "0".repeat(64) })).toBe("no");
  }
  expect(match({ pattern, contentSha256: "c".repeat(64) }, { content: () => undefined })).toBe("no");
  expect(match({ pattern, launchSha256: "1".repeat(64) }, { launch: () => undefined })).toBe("no");
});
