import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { neverCarried, tricky } from "./hostile-text.test.support.ts";
import { standIn } from "./managers.test.support.ts";
import { installService } from "./service-actions.ts";
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

/** What libxml2 makes of files as they are given to schtasks: it fails for anything that is no XML. */
function xmllint(files: readonly Buffer[], path?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "task-xml-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const names = files.map((_, index) => join(folder, `${index}.xml`));
  for (const [index, name] of names.entries()) writeFileSync(name, files[index] ?? "");
  const question = path === undefined ? ["--noout"] : ["--xpath", `string(${path})`];
  return execFileSync("xmllint", ["--nonet", "--nowarning", ...question, ...names], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const asWritten = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");

test("what is handed to schtasks is XML to xmllint, with a byte order mark", async () => {
  const { system, spec } = standIn("task-scheduler");
  const handed: Buffer[] = [];
  const run = system.run.bind(system);
  Object.assign(system, {
    run: async (...[argv, options]: Parameters<typeof run>) => {
      const file = argv[argv.indexOf("/XML") + 1] ?? "";
      if (argv.includes("/XML")) handed.push(system.files.get(file) ?? Buffer.alloc(0));
      return await run(argv, options);
    },
  });
  const description = 'Ann\'s <node> & "co" – 50% $HOME ]]> é 日本語 😀';
  expect(await installService(system, { ...spec, description })).toMatchObject({ ok: true });
  expect(handed.map((bytes) => bytes.subarray(0, 2).toString("hex"))).toEqual(["fffe"]);
  expect(xmllint(handed)).toBe("");
  const read = (path: string): string => xmllint(handed, path).trimEnd();
  expect(read("//*[local-name()='RegistrationInfo']/*[local-name()='Description']")).toBe(description);
  expect(read("//*[local-name()='LogonTrigger']/*[local-name()='UserId']")).toBe("LAB\\ada");
  expect(read("//*[local-name()='ExecutionTimeLimit']")).toBe("PT0S");
  expect(read("//*[local-name()='RestartOnFailure']/*[local-name()='Count']")).toBe("3");
  expect(read("//*[local-name()='Arguments']")).toBe('//B //NoLogo "C:\\Users\\ada\\.openclaw\\node.vbs"');
  expect(read("count(//*[local-name()='Exec'])")).toBe("1");
});

test("xmllint takes every hostile text, and gives it back", () => {
  // oxlint-disable-next-line no-control-regex -- XML has no way to write these
  const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/u;
  const texts = fc.sample(
    tricky.filter((text) => !neverCarried.test(text) && !noXml.test(text)),
    300,
  );
  const rendered = texts.map((text) => asWritten(renderTaskXml({ ...task, description: text, user: text })));
  expect(xmllint(rendered)).toBe("");
  // One process each: a few are enough beside the parser above.
  for (const [index, bytes] of rendered.slice(0, 20).entries())
    expect(xmllint([bytes], "//*[local-name()='Description']")).toBe(`${texts[index]}\n`);
  const broken = asWritten(renderTaskXml(task).replace("</Task>", ""));
  expect(() => xmllint([broken])).toThrow(/xmllint/u);
});
