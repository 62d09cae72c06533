import { expect, test, vi } from "vitest";
import { PreparedPlans, type PreparedPlan } from "./prepared-plans.ts";

const prepared = (name: string, commandPreview: string | null = null): PreparedPlan => ({
  plan: { argv: [name], cwd: "/w", commandText: name, commandPreview, agentId: null, sessionKey: null },
});

test("a plan is found by all of its fields, and used once", () => {
  const plans = new PreparedPlans();
  const kept = prepared("a");
  plans.add(kept);
  const { plan } = kept;
  expect(plans.find(plan)).toBe(kept);
  for (const change of [
    { argv: ["a", ""] },
    { cwd: null },
    { commandText: "b" },
    { agentId: "x" },
    { sessionKey: "" },
  ]) {
    expect(plans.find({ ...plan, ...change })).toBeUndefined();
  }
  expect(plans.consume(plan)).toBe(kept);
  expect(plans.consume(plan)).toBeUndefined();
});

test("preparing again replaces, and does not add a second run", () => {
  const plans = new PreparedPlans();
  plans.add(prepared("a", "first"));
  plans.add(prepared("a", "second"));
  expect(plans.size).toBe(1);
  expect(plans.consume(prepared("a").plan)?.plan.commandPreview).toBe("second");
});

test("plans run out", () => {
  let now = 0;
  const plans = new PreparedPlans({ now: () => now, ttlMs: 10 });
  plans.add(prepared("a"));
  now = 9;
  expect(plans.find(prepared("a").plan)).toBeDefined();
  now = 10;
  expect(plans.find(prepared("a").plan)).toBeUndefined();
  plans.add(prepared("b"));
  expect(plans.size).toBe(1);
});

test("setting the clock neither ends a plan nor keeps it alive", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000_000_000 });
  try {
    const plans = new PreparedPlans({ ttlMs: 60_000 });
    const ended = new PreparedPlans({ ttlMs: 0 });
    for (const each of [plans, ended]) each.add(prepared("a"));
    for (const jump of [-86_400_000, 86_400_000]) {
      vi.setSystemTime(1_000_000_000_000 + jump);
      expect(plans.find(prepared("a").plan)).toBeDefined();
      expect(ended.find(prepared("a").plan)).toBeUndefined();
    }
  } finally {
    vi.useRealTimers();
  }
});

test("the oldest goes when there are too many", () => {
  const plans = new PreparedPlans({ now: () => 0, limit: 2 });
  for (const name of ["a", "b", "c"]) plans.add(prepared(name));
  expect(plans.size).toBe(2);
  expect(plans.find(prepared("a").plan)).toBeUndefined();
  expect(plans.find(prepared("b").plan)).toBeDefined();
});
