import { readFileSync } from "node:fs";
import type { RunPlan } from "@openclaw/protocol";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  decide,
  explain,
  grantAlways,
  loadPolicy,
  prepareRun,
  resolveSkillBins,
  wireRefusal,
  type AlwaysGrant,
  type DecideOptions,
  type Decision,
  type Explanation,
  type Facts,
  type JudgeOptions,
  type LoadedPolicy,
  type PolicyEdit,
  type PreparedPlan,
  type WireRefusal,
} from "./index.ts";

describe("public types", () => {
  it("only an allowed run has a plan, and only it may have a grant", () => {
    type Allowed = Extract<Decision, { outcome: "allow" }>;
    expectTypeOf<Allowed["plan"]>().toEqualTypeOf<RunPlan>();
    expectTypeOf<Allowed["grant"]>().toEqualTypeOf<AlwaysGrant | undefined>();
    expectTypeOf<Exclude<Decision, Allowed>>().not.toHaveProperty("plan");
    expectTypeOf(decide).returns.toEqualTypeOf<Decision>();
    expectTypeOf(wireRefusal).parameter(0).toEqualTypeOf<Exclude<Decision, Allowed>>();
    expectTypeOf(wireRefusal).returns.toEqualTypeOf<WireRefusal>();
  });

  it("a change of the policy is a text to store or a code", () => {
    expectTypeOf(grantAlways).returns.toEqualTypeOf<PolicyEdit>();
    expectTypeOf(grantAlways).parameter(1).toEqualTypeOf<AlwaysGrant>();
    expectTypeOf<Extract<PolicyEdit, { ok: true }>["text"]>().toEqualTypeOf<string>();
  });

  it("what was prepared is kept by the caller", () => {
    type Prepared = Extract<ReturnType<typeof prepareRun>, { ok: true }>;
    expectTypeOf<Prepared["prepared"]>().toEqualTypeOf<PreparedPlan>();
    expectTypeOf(prepareRun).parameter(4).toEqualTypeOf<JudgeOptions | undefined>();
    expectTypeOf<DecideOptions>().toExtend<JudgeOptions>();
  });

  it("facts are read-only and may be missing", () => {
    expectTypeOf<Facts["realpath"]>().returns.toEqualTypeOf<string | undefined>();
    expectTypeOf(resolveSkillBins).returns.toEqualTypeOf<ReadonlyMap<string, string>>();
    expectTypeOf(explain).returns.toEqualTypeOf<Explanation>();
    expectTypeOf(loadPolicy).returns.toEqualTypeOf<LoadedPolicy>();
  });
});

describe("README", () => {
  it("its example runs and prints what it says", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const code = /```ts\n([\s\S]*?)```/u.exec(readme)?.[1] ?? "";
    const said = /\/\/ (allow) (.*)$/mu.exec(code) ?? [];
    const index = new URL("./index.ts", import.meta.url).href;
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const source = code.replace('"@openclaw/approvals"', JSON.stringify(index));
    await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`);
    expect(log).toHaveBeenCalledWith(said[1], said[2]);
    log.mockRestore();
  });
});
