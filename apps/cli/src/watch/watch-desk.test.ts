import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { promptText } from "../host/prompt.test.support.ts";
import type { PromptText, WatchAnswer, WatchEvent } from "../host/watch-protocol.ts";
import { DESK_LIMITS, WatchDesk } from "./watch-desk.ts";

function scene() {
  let now = 1000;
  let quits = 0;
  let status: string | undefined;
  const printed: string[] = [];
  const sent: WatchAnswer[] = [];
  const desk = new WatchDesk({
    now: () => now,
    width: () => 80,
    paint: (_color, text) => text,
    print: (lines) => void printed.push(...lines),
    status: (text) => (status = text),
    send: (answer) => void sent.push(answer),
    quit: () => (quits += 1),
  });
  desk.event({ event: "watching", watcher: "me", waiting: 0 });
  const prompt = (id: string, more: Partial<PromptText> = {}): void =>
    desk.event({ event: "prompt", id, leftMs: 30_000, ...promptText(more) });
  const settled = (id: string, more: Partial<Extract<WatchEvent, { event: "settled" }>> = {}): void =>
    desk.event({ event: "settled", id, how: "answered", decision: "allow-once", by: "me", ...more });
  const wait = (ms: number): void => void (now += ms);
  const calm = (): void => wait(DESK_LIMITS.quietMs);
  return { desk, prompt, settled, wait, calm, printed, sent, status: () => status, quits: () => quits };
}

const text = (lines: readonly string[]): string => lines.join("\n");

describe("a key", () => {
  it.each([
    ["o", "allow-once"],
    ["a", "allow-always"],
    ["d", "deny"],
  ] as const)("%s answers %s, once", (key, decision) => {
    const { desk, prompt, calm, sent } = scene();
    prompt("1");
    calm();
    desk.key(key);
    desk.key(key);
    desk.key("o");
    expect(sent).toEqual([{ id: "1", decision }]);
  });

  it("that was pressed before the prompt was drawn, or right after, is no answer", () => {
    const { desk, prompt, wait, calm, sent, status } = scene();
    desk.key("o");
    prompt("1");
    desk.key("o");
    wait(DESK_LIMITS.quietMs - 1);
    desk.key("o");
    expect(status()).toContain("too early");
    expect(sent).toEqual([]);
    calm();
    desk.key("o");
    expect(sent.length).toBe(1);
  });

  it("that is held down answers one prompt and never the next", () => {
    const { desk, prompt, settled, wait, calm, sent } = scene();
    prompt("1");
    prompt("2");
    calm();
    for (let times = 0; times < 100; times += 1) {
      desk.key("o");
      if (times === 0) settled("1");
      if (times === 1) desk.event({ event: "outcome", id: "1", started: true });
      wait(33);
    }
    expect(sent).toEqual([{ id: "1", decision: "allow-once" }]);
  });

  it("that is unknown shows the keys, and nothing else happens", () => {
    const { desk, prompt, calm, printed, sent } = scene();
    prompt("1");
    calm();
    for (const key of ["x", "", "\r", "yes", "oo", "\u001b[A"]) desk.key(key);
    expect(sent).toEqual([]);
    expect(printed.at(-1)).toMatch(/^Keys: o allow once/u);
  });

  it.each(["q", "\u0003", "\u0004"])("%j stops", (key) => {
    const { desk, quits } = scene();
    desk.key(key);
    expect(quits()).toBe(1);
  });

  it("allows nothing of which a part was not shown", () => {
    const { desk, prompt, calm, printed, sent } = scene();
    prompt("1", { argv: ["x", "y".repeat(5000)] });
    calm();
    desk.key("o");
    desk.key("a");
    expect(sent).toEqual([]);
    desk.key("s");
    expect(text(printed).replaceAll(/\s/gu, "")).toContain("y".repeat(5000));
    calm();
    desk.key("o");
    expect(sent.length).toBe(1);
  });

  it("denies without a look at the rest; always needs something to add", () => {
    const { desk, prompt, calm, printed, sent, status } = scene();
    prompt("1", { argv: ["x", "y".repeat(5000)] });
    calm();
    desk.key("d");
    expect(sent).toEqual([{ id: "1", decision: "deny" }]);
    const other = scene();
    other.prompt("1", { always: null, whyNotAlways: "no agent" });
    other.calm();
    other.desk.key("a");
    expect(other.sent).toEqual([]);
    expect(other.printed.at(-1)).toBe("Always is not possible: no agent.");
    expect(other.status()).not.toContain("[a]lways");
    expect([printed.length, status()]).toEqual([expect.any(Number), "…"]);
  });
});

describe("a prompt", () => {
  it("waits its turn, and the time that is left is counted", () => {
    const { desk, prompt, settled, wait, printed, status } = scene();
    prompt("1");
    prompt("2", { argv: ["second"] });
    expect(text(printed)).not.toContain("second");
    expect(status()).toContain("30 s left, 1 more");
    wait(12_000);
    desk.tick();
    expect(status()).toContain("18 s left");
    settled("1", { decision: "deny" });
    expect(text(printed)).toContain("Denied.");
    expect(text(printed)).toContain("second");
  });

  it.each([
    [{ how: "expired" }, "Too late: nobody answered in time, the run was refused."],
    [{ how: "withdrawn" }, "Withdrawn: the run is no longer asked for."],
    [{ decision: "deny", by: "other" }, "Denied elsewhere, by other."],
  ] as const)("that ended otherwise says so: %j", (more, said) => {
    const { prompt, settled, printed, status } = scene();
    prompt("1");
    settled("1", more);
    expect(printed).toContain(said);
    expect(status()).toBeUndefined();
  });

  it("says what became of the run", () => {
    const { desk, prompt, settled, wait, printed } = scene();
    for (const [id, started] of [
      ["1", true],
      ["2", false],
    ] as const) {
      prompt(id);
      settled(id);
      desk.event({ event: "outcome", id, started, ...(started ? {} : { why: "a file changed\u001b[2J" }) });
    }
    expect(printed).toContain("Allowed once; it has started.");
    expect(printed).toContain(String.raw`Allowed once, but not run: a file changed\u001b[2J.`);
    prompt("3");
    settled("3");
    wait(DESK_LIMITS.outcomeMs);
    desk.tick();
    expect(printed.at(-2)).toBe("Allowed once.");
  });

  it("is not scrolled away by others' news", () => {
    const { desk, prompt, settled, printed } = scene();
    prompt("1");
    const before = printed.length;
    for (let times = 0; times < 100; times += 1) {
      desk.event({
        event: "refused",
        agentId: "main",
        sessionKey: null,
        gateway: "g",
        command: "x\u001b",
        commandChars: 5,
        commandSha256: "00",
        why: "because",
      });
    }
    prompt("2");
    settled("2", { how: "withdrawn" });
    expect(printed.length).toBe(before);
    settled("1", { how: "expired" });
    expect(text(printed)).toContain(String.raw`main: x\u001b [… 5 characters in all; sha256 00]`);
    expect(text(printed)).toContain("… and 81 more of these");
  });
});

it("never sends an answer that no deliberate key gave", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("key" as const), key: fc.constantFrom("o", "a", "d", "s", "x") }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 100, 299, 300, 5000) }),
    fc.record({ do: fc.constant("prompt" as const) }),
    fc.record({ do: fc.constantFrom("settle" as const, "outcome" as const), at: fc.nat(5) }),
    fc.record({ do: fc.constant("tick" as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { desk, prompt, settled, wait, printed, sent } = scene();
      let prompts = 0;
      let quiet = 0;
      for (const each of steps) {
        const before = [printed.filter((line) => line === "A run waits for your answer").length, sent.length];
        if (each.do === "key") desk.key(each.key);
        else if (each.do === "wait") wait(each.ms);
        else if (each.do === "prompt") prompt(String((prompts += 1)));
        else if (each.do === "settle") settled(String(each.at));
        else if (each.do === "outcome") desk.event({ event: "outcome", id: String(each.at), started: true });
        else desk.tick();
        if (sent.length > (before[1] ?? 0)) {
          expect(each.do).toBe("key");
          expect(quiet).toBeGreaterThanOrEqual(DESK_LIMITS.quietMs);
        }
        const drawn =
          printed.filter((line) => line === "A run waits for your answer").length > (before[0] ?? 0);
        if (drawn) quiet = 0;
        else if (each.do === "wait") quiet += each.ms;
      }
      expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
    }),
  );
});
