import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NOT_OURS, TESTED_BESIDE } from "./testing/case-differences.test.support.ts";
import { deviationPage } from "./testing/deviation-page.test.support.ts";
import type { RecordedCase } from "./testing/run-case.test.support.ts";

const cases = JSON.parse(
  readFileSync(new URL("./fixtures/approvals-cases.json", import.meta.url), "utf8"),
) as RecordedCase[];

test("the page of differences tells what the recorded cases show", async () => {
  const beside = [...TESTED_BESIDE, ...NOT_OURS];
  const judged = cases.filter(
    ({ topic, id }) => !beside.some(({ applies }) => applies.test(`${topic}:${id}`)),
  );
  const page = deviationPage(cases, judged.length);
  await expect(page).toMatchFileSnapshot("../../../docs/approvals-deviations.md");
});
