import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { ServiceError } from "./errors.ts";
import { neverCarried, tricky, variableName } from "./hostile-text.test.support.ts";
import { renderLaunchdPlist, type LaunchdJob } from "./launchd-plist.ts";
import { readLaunchdPlist } from "./launchd-reader.ts";

const job: LaunchdJob = {
  stateProfile: "default",
  label: "ai.openclaw.node",
  description: "OpenClaw Node Host",
  command: ["/opt/node/bin/node", "/opt/openclaw/main.js", "node", "run"],
  environment: new Map([["HOME", "/Users/ann"]]),
  secrets: new Map(),
  user: undefined,
  secretsFile: "/Users/ann/.openclaw/service-env/ai.openclaw.node.env",
  logFile: "/Users/ann/Library/Logs/openclaw/node.log",
};

/** What Python's plistlib makes of several lists; it raises for anything that is no property list. */
function plistlib(texts: readonly string[]): Record<string, unknown>[] {
  const script =
    "import sys,json,plistlib\nprint(json.dumps([plistlib.loads(t.encode('utf-8')) for t in json.load(sys.stdin)]))";
  return JSON.parse(
    execFileSync("python3", ["-c", script], { input: JSON.stringify(texts), encoding: "utf8" }),
  ) as Record<string, unknown>[];
}

/** XML has no way to write most control characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/u;

test("a property list reads back as it was meant, here and in plistlib, or is refused for a named reason", () => {
  const samples = fc.sample(
    fc.record({
      words: fc.array(tricky, { maxLength: 5 }),
      variables: fc.dictionary(variableName, tricky, { maxKeys: 4 }),
      description: tricky,
    }),
    400,
  );
  const kept: { readonly text: string; readonly words: readonly string[]; readonly variables: object }[] = [];
  for (const { words, variables, description } of samples) {
    const all = [...words, ...Object.values(variables), description];
    const carried = !all.some((text) => neverCarried.test(text) || noXml.test(text));
    const render = (): string =>
      renderLaunchdPlist({
        ...job,
        description,
        command: ["/opt/node/bin/node", ...words],
        environment: new Map(Object.entries(variables)),
      });
    if (carried) kept.push({ text: render(), words, variables });
    else expect(render).toThrow(ServiceError);
  }
  expect(kept.length).toBeGreaterThan(50);
  const read = plistlib(kept.map(({ text }) => text));
  for (const [index, { words, variables }] of kept.entries()) {
    const list = read[index] ?? {};
    expect((list["ProgramArguments"] as string[]).slice(5)).toEqual(["/opt/node/bin/node", ...words]);
    expect(list["EnvironmentVariables"]).toEqual({ ...variables });
  }
});

test("the keys", () => {
  const [list] = plistlib([renderLaunchdPlist({ ...job, user: "ann" })]);
  expect(list).toMatchObject({
    Label: "ai.openclaw.node",
    Comment: "OpenClaw Node Host",
    UserName: "ann",
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ExitTimeOut: 20,
    ThrottleInterval: 10,
    Umask: 0o077,
    StandardInPath: "/dev/null",
    StandardOutPath: job.logFile,
    StandardErrorPath: job.logFile,
  });
  expect(() => renderLaunchdPlist({ ...job, user: "a b" })).toThrow(/account/u);
});

/** The keys of the official list that ours says differently, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  KeepAlive: "not after exit codes that a restart does not mend",
  ProgramArguments: "the wrapper is an argument of sh, not a file",
  StandardErrorPath: "our log goes there",
  EnvironmentVariables: "plain variables are here; only secrets are in the file",
};

test("beside the recorded one: the same but for the named deviations", () => {
  const official = readFileSync(new URL("fixtures/official-2026.6.1.plist", import.meta.url), "utf8");
  const recorded = readLaunchdPlist(official);
  expect(recorded?.secretsFile).toBe("/home/user/.openclaw/service-env/ai.openclaw.node.env");
  const ours = renderLaunchdPlist({
    ...job,
    description: "OpenClaw Node Host (v2026.6.1)",
    command: recorded?.command as [string, ...string[]],
    logFile: "/home/user/Library/Logs/openclaw/node.log",
  });
  const [theirs = {}, mine = {}] = plistlib([official, ours]);
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  expect(keys.filter((key) => JSON.stringify(theirs[key]) !== JSON.stringify(mine[key])).toSorted()).toEqual(
    Object.keys(DEVIATIONS).toSorted(),
  );
  expect(readLaunchdPlist(ours)?.command).toEqual(recorded?.command);
});

test.each([
  "",
  "<plist></plist>",
  "<plist><dict><key>Label</key></dict></plist>",
  "<plist><dict><key>Label</key><string>a</string></dict></plist>",
  '<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>',
  "<plist><dict><key>Label</key><string>&a;</string></dict></plist>",
  `<plist>${"<array>".repeat(100)}${"</array>".repeat(100)}</plist>`,
  "bplist00",
])("%j is no list of a service", (text) => {
  expect(readLaunchdPlist(text)).toBeUndefined();
});
