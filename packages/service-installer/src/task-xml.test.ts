import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { neverCarried, tricky } from "./hostile-text.test.support.ts";
import { renderTaskXml, type TaskDefinition } from "./task-xml.ts";

const task: TaskDefinition = {
  scope: "user",
  description: "OpenClaw Node Host",
  user: "LAB\\ada",
  program: "C:\\Windows\\System32\\wscript.exe",
  launcher: "C:\\Users\\ada\\.openclaw\\node.vbs",
};

/** Path of every leaf and its text, as Python's XML parser reads UTF-16 with a byte order mark. */
function leaves(texts: readonly string[]): Record<string, string>[] {
  const script = `import sys,json,xml.etree.ElementTree as E
def walk(e,p,o):
    p=p+'/'+e.tag.split('}')[1]
    assert e.tag.startswith('{http://schemas.microsoft.com/windows/2004/02/mit/task}')
    if len(e)==0: o[p]=e.text or ''
    for c in e: walk(c,p,o)
    return o
print(json.dumps([walk(E.fromstring(('\\ufeff'+t).encode('utf-16-le')),'',{}) for t in json.load(sys.stdin)]))`;
  return JSON.parse(
    execFileSync("python3", ["-c", script], { input: JSON.stringify(texts), encoding: "utf8" }),
  ) as Record<string, string>[];
}

/** Leaves that ours says differently, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "/Task/Actions/Exec/Command": "wscript by its path: the file type may be opened by another program",
  "/Task/Actions/Exec/Arguments": "the launcher is its argument",
  "/Task/Settings/RestartOnFailure/Interval": "as the release of September 2026",
  "/Task/Settings/RestartOnFailure/Count": "as the release of September 2026",
};

test("beside the recorded one: the same but for the named deviations", () => {
  const official = readFileSync(new URL("fixtures/official-2026.6.1.task.xml", import.meta.url), "utf8");
  const [theirs = {}, mine = {}] = leaves([
    official.replace(/^\uFEFF/u, ""),
    renderTaskXml({ ...task, description: "OpenClaw Node Host (v2026.6.1)" }),
  ]);
  const paths = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])];
  expect(paths.filter((path) => theirs[path] !== mine[path]).toSorted()).toEqual(
    Object.keys(DEVIATIONS).toSorted(),
  );
  expect(mine["/Task/Settings/ExecutionTimeLimit"]).toBe("PT0S");
  expect(mine["/Task/Actions/Exec/Arguments"]).toBe('//B //NoLogo "C:\\Users\\ada\\.openclaw\\node.vbs"');
});

test("at start for the machine, without a password", () => {
  const [system = {}] = leaves([renderTaskXml({ ...task, scope: "system" })]);
  expect(system["/Task/Triggers/BootTrigger/Enabled"]).toBe("true");
  expect(system["/Task/Principals/Principal/LogonType"]).toBe("S4U");
});

test("texts come back as they were", () => {
  // oxlint-disable-next-line no-control-regex -- XML has no way to write these
  const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/u;
  const texts = fc.sample(
    tricky.filter((text) => !neverCarried.test(text) && !noXml.test(text)),
    300,
  );
  const read = leaves(texts.map((text) => renderTaskXml({ ...task, description: text, user: text })));
  for (const [index, text] of texts.entries()) {
    expect(read[index]?.["/Task/RegistrationInfo/Description"]).toBe(text);
    expect(read[index]?.["/Task/Principals/Principal/UserId"]).toBe(text);
  }
});
