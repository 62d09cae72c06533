import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { invokeAnswer } from "../answer/route-outcome.ts";
import { IssuedFiles } from "../files/issued-files.ts";
import type { AnswerFile } from "../files/issued-files.ts";
import { pageHarness } from "./page.test.support.ts";
import type { OpenedPage } from "./page.test.support.ts";
import { shapeOf } from "./shape.test.support.ts";

interface Recorded {
  readonly release: string;
  readonly name: string;
  readonly params: { readonly method: string; readonly path: string } & Readonly<Record<string, unknown>>;
  readonly payload: { readonly result?: { readonly refs?: Refs } } | null;
  readonly error: string | null;
}

type Refs = Readonly<Record<string, { readonly role: string; readonly name?: string }>>;

const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/recorded-page-answers.json", import.meta.url), "utf8"),
) as readonly Recorded[];

/** Texts that are ours on purpose: no path of the machine, and no color of a terminal. */
const otherTexts: ReadonlyMap<string, RegExp> = new Map([
  ["strict/90-upload-badroot", /^Invalid path: must stay within uploads directory$/],
]);

const harness = pageHarness();

describe.each(["2026.2.9", "2026.9.6"])("recorded calls of %s", (release) => {
  it("get answers of the same shape", { timeout: 120_000 }, async () => {
    mkdirSync(harness.uploads(), { recursive: true, mode: 0o700 });
    writeFileSync(join(harness.uploads(), "up.txt"), "x");
    let page = await harness.open("/");
    let refs: { readonly theirs: Refs; readonly ours: Refs } = { theirs: {}, ours: {} };
    const wrong: object[] = [];
    for (const one of recorded.filter((call) => call.release === release)) {
      if (page.tab.page.isClosed()) page = await harness.open("/");
      const answer = await replay(page, one, translated(one, refs, page));
      const theirs = one.payload?.result?.refs;
      const ours = (answer as { result?: { refs?: Refs } } | undefined)?.result?.refs;
      if (theirs !== undefined && ours !== undefined) refs = { theirs, ours };
      const difference = compared(one, answer);
      if (difference !== undefined) wrong.push(difference);
    }
    expect(wrong).toEqual([]);
  });
});

async function replay(page: OpenedPage, one: Recorded, params: unknown): Promise<unknown> {
  const era = one.release === "2026.2.9" ? "2026.2" : "2026.9";
  const { method, path, query, body } = params as {
    method: string;
    path: string;
    query: object;
    body: unknown;
  };
  const ask = { era, evaluateEnabled: !one.name.includes("disabled") } as const;
  // Another route went on to the next page.
  if (one.name.endsWith("requests-after-nav")) await page.tab.page.reload();
  const waiting = method === "GET" ? page.get(path, { ...query }, ask) : page.post(path, body, ask);
  // What these wait for was caused by another caller.
  if (path === "/response/body" && one.payload?.result !== undefined) await page.tab.page.click("text=Fetch");
  if (path === "/wait/download") await page.tab.page.click("text=Download file");
  const outcome = await waiting;
  const errorEnvelope = one.params["errorEnvelope"] === "browser-v1";
  const routed = { profile: "openclaw", driver: "openclaw" };
  const files = outcome.ok ? await filesOf(outcome.result) : [];
  const answer = invokeAnswer(outcome, { call: { errorEnvelope }, era, routed, files });
  return answer.ok ? answer.payload : answer.error.message;
}

/** As whoever saves a file notes it, and whoever answers the call attaches it. */
async function filesOf(result: Readonly<Record<string, unknown>>): Promise<readonly AnswerFile[]> {
  const issued = new IssuedFiles();
  const download = result["download"] as { readonly path?: unknown } | undefined;
  for (const path of [result["path"], result["imagePath"], download?.path])
    if (typeof path === "string") issued.add(path);
  const attached = await issued.attach(result);
  if (!attached.ok) throw new Error(attached.message);
  return attached.files;
}

/** The call with our tab, our site and our references in the places of theirs. */
function translated(
  one: Recorded,
  { theirs, ours }: { theirs: Refs; ours: Refs },
  page: OpenedPage,
): unknown {
  const text = JSON.stringify(one.params)
    .replaceAll(/"targetId":"[0-9A-F]{32}"/g, `"targetId":"${page.tab.targetId}"`)
    .replaceAll("http://site.test", harness.site().origin)
    .replaceAll("uploads/up.txt", join(harness.uploads(), "up.txt"))
    .replace('"timeoutMs":8000', `"timeoutMs":${one.payload?.result === undefined ? "500" : "8000"}`);
  return JSON.parse(text, (key, value: unknown) => {
    if (!/^(?:ref|startRef|endRef|inputRef)$/.test(key)) return value;
    const target = theirs[String(value)];
    const same = Object.entries(ours).find(
      ([, mine]) => mine.role === target?.role && mine.name === target.name,
    );
    return same?.[0] ?? value;
  });
}

function compared(one: Recorded, answer: unknown): object | undefined {
  if (one.payload === null)
    return answer === plain(one.error ?? "") ? undefined : { name: one.name, theirs: one.error, answer };
  const theirs = shapeOf(one.payload);
  const ours = shapeOf(answer);
  const error = errorOf(one.payload);
  if (error !== undefined) {
    const wanted = otherTexts.get(one.name);
    const said = errorOf(answer) ?? "";
    if (wanted === undefined ? said !== plain(error) : !wanted.test(said))
      return { name: one.name, error, said };
  }
  return JSON.stringify(theirs) === JSON.stringify(ours) ? undefined : { name: one.name, theirs, ours };
}

function errorOf(payload: unknown): string | undefined {
  return (payload as { error?: { body: { error: string } } }).error?.body.error;
}

function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- terminal colors begin with an escape character
  return text.replaceAll(/\u001b\[\d+m/g, "").trimEnd();
}
