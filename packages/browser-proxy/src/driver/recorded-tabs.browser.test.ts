import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { shapeOf } from "../page/shape.test.support.ts";
import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

interface Recorded {
  readonly release: string;
  readonly name: string;
  readonly params: { readonly timeoutMs?: number } & Readonly<Record<string, unknown>>;
  readonly payload: object | null;
  readonly error: string | null;
}

/** In their order. Batch, click by coordinates, text and dialogs were recorded on a tab that was closed: only refusals. */
const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/recorded-tab-answers.json", import.meta.url), "utf8"),
) as readonly Recorded[];

/** The older release let pages read files of its machine. */
const otherErrors: ReadonlyMap<string, string> = new Map([
  ["2026.2.9 76-navigate-file", 'Error: Error: Navigation blocked: unsupported protocol "file:"'],
]);
/** A browser of ours always has its first tab. */
const otherTabs = new Set(["2026.9.6 08-tabs"]);

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite((_, answer) => html(answer, "<title>Two</title>two"));
  scene = await startScene({ opened: [`127.0.0.1:${String(site.port)}`] });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

describe.each(["2026.2.9", "2026.9.6"])("recorded calls of %s", (release) => {
  it("for the browser and its tabs get answers of the same shape", { timeout: 60_000 }, async () => {
    const era = release === "2026.2.9" ? "2026.2" : "2026.9";
    let targetId = "";
    // What was recorded with our site, our tab, and no port to the browser. Time-outs were waited for long enough.
    const ours = <Value>(value: Value): Value =>
      JSON.parse(
        JSON.stringify(value)
          .replaceAll("http://site.test", site.origin)
          .replaceAll(/(?<="targetId":"|\/tabs\/|browser tab \\")[0-9A-F]{32}/g, targetId)
          .replaceAll(/(?<="targetId":")[0-9A-F]{6}(?=")/g, targetId.slice(0, 6))
          .replaceAll(/"wsUrl":"[^"]+"/g, '"wsUrl":null')
          .replace(/cdpUrl=[^)]+/, "cdpUrl=null")
          .replace("after 20000ms", "after 500ms"),
      ) as Value;
    for (const one of recorded.filter((call) => call.release === release)) {
      const wanted = ours(one);
      const timeoutMs = wanted.error?.includes("timed out") === true ? 500 : wanted.params.timeoutMs;
      const answer = await scene.invoke({ ...wanted.params, timeoutMs }, era);
      const otherError = otherErrors.get(`${release} ${one.name}`);
      if (wanted.payload === null || otherError !== undefined) {
        expect(answer, one.name).toMatchObject({ ok: false, error: { message: otherError ?? wanted.error } });
        continue;
      }
      const payload = answer.ok ? answer.payload : answer;
      if (otherTabs.has(`${release} ${one.name}`)) {
        expect(payload, one.name).toMatchObject({
          result: { running: true, tabs: [{ url: "about:blank" }] },
        });
        continue;
      }
      expect(shapeOf(payload), one.name).toEqual(shapeOf(wanted.payload));
      const error = (wanted.payload as { error?: object }).error;
      expect((payload as { error?: object }).error, one.name).toEqual(error);
      if (one.name !== "09-tab-open") continue;
      const { result } = payload as { result: { targetId: string; ownership?: object } };
      ({ targetId } = result);
      const fingerprint = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown;
      if (era === "2026.9")
        expect(result.ownership).toEqual({
          status: "durable",
          nativeTargetId: targetId,
          profileFingerprint: fingerprint,
          browserInstanceFingerprint: fingerprint,
        });
    }
  });
});
