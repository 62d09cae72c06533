// Texts of a Gateway that follows the protocol nearly: real frames, with one or more things wrong in them.

/** A small generator of numbers in [0, 1): the same seed gives the same run. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How often a command is asked for; most are refused before anything is done. */
const COMMANDS = [
  "system.which",
  "system.which",
  "system.run.prepare",
  "system.execApprovals.get",
  "no.such",
  "system.execApprovals.set",
  "browser.proxy",
  "__proto__",
  "",
];
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\u202e",
  "\ud800",
  "null",
  [],
  {},
  [[]],
  [null],
  { a: { b: { c: {} } } },
  "constructor",
  "__proto__",
  "../../etc/passwd",
  "x".repeat(600),
  "ä".repeat(300),
  Array.from({ length: 70 }, () => 1),
  "9".repeat(400),
];

export interface FrameGenerator {
  next(): string;
}

export function frameGenerator(seed: number, nodeId: string): FrameGenerator {
  const random = seeded(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  let count = 0;

  const invoke = (): Record<string, unknown> => ({
    // Some come again, while a host still remembers them.
    id: `f-${below(4) === 0 ? count - below(500) : count}`,
    nodeId: below(20) === 0 ? "f".repeat(64) : nodeId,
    command: pick(COMMANDS),
    paramsJSON: pick([
      '{"bins":["sh"]}',
      '{"bins":[]}',
      "{}",
      "null",
      "[",
      '{"command":["true"]}',
      '{"__proto__":{}}',
    ]),
    timeoutMs: pick([undefined, 0, 1, 1000, -5, 1e12]),
    idempotencyKey: below(2) === 0 ? undefined : `k-${below(5000)}`,
  });
  const event = (name: string, payload: unknown): Record<string, unknown> => ({
    type: "event",
    event: name,
    payload,
  });
  const KINDS: readonly (() => Record<string, unknown>)[] = [
    () => event("node.invoke.request", invoke()),
    () => event("node.invoke.request", invoke()),
    () => event("node.invoke.cancel", { invokeId: `f-${below(count + 1)}`, nodeId }),
    () =>
      event("node.invoke.input", { id: `f-${below(count + 1)}`, nodeId, seq: below(9), payloadJSON: "{}" }),
    () =>
      event("node.pair.resolved", {
        requestId: "r",
        nodeId,
        decision: pick(["approved", "rejected", "removed"]),
        ts: 1,
      }),
    () => event("tick", { ts: count }),
    () => event("presence", { presence: Array.from({ length: below(5) }, (_, n) => ({ n })) }),
    () => event("shutdown", { reason: "x", restartExpectedMs: pick([null, 1, "soon"]) }),
    () => event("connect.challenge", { nonce: "n", ts: count }),
    () => ({ type: "res", id: String(below(count + 1)), ok: below(2) === 0, payload: { ok: true } }),
    () => ({ type: "res", id: "connect", ok: true, payload: { type: "hello-ok" } }),
    () => ({
      type: "res",
      id: "invalid",
      ok: false,
      error: { code: "X", message: "no", details: {}, retryAfterMs: 1 },
    }),
    () => ({ type: "req", id: "1", method: "connect", params: {} }),
  ];

  /** One thing of a frame becomes another, goes, or comes twice, at any depth. */
  const bend = (value: unknown, depth: number): unknown => {
    if (depth > 3 || typeof value !== "object" || value === null || below(4) === 0) return pick(ODD_VALUES);
    const keys = Object.keys(value);
    const key = pick(keys.length === 0 ? ["x"] : keys);
    const fields = value as Record<string, unknown>;
    switch (below(4)) {
      case 0:
        return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
      case 1:
        return { ...fields, [pick(["__proto__", "constructor", "toJSON", "x"])]: pick(ODD_VALUES) };
      default:
        return { ...fields, [key]: bend(fields[key], depth + 1) };
    }
  };
  /** One thing of a text goes wrong. */
  const scratch = (text: string): string => {
    const at = below(text.length + 1);
    switch (below(7)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return (
          text.slice(0, at) +
          pick(["{", "}", "[", '"', "\\", "\u0000", ",", ":", "\ufeff", "1e999"]) +
          text.slice(at)
        );
      case 2:
        return text.slice(0, at) + text.slice(at + 1 + below(8));
      case 3:
        return text.replace("{", '{"type":"res","id":"1","ok":true,');
      case 4:
        return text.replace(/"payload":/u, '"payload":[[[[[[[[[[{"x":').replace(/$/u, "}]]]]]]]]]]");
      case 5:
        return "[".repeat(below(200)) + text;
      default:
        return text + text;
    }
  };
  return {
    next: () => {
      count += 1;
      const frame = pick(KINDS)();
      const bent = below(3) === 0 ? frame : bend(frame, 0);
      const text = JSON.stringify(bent);
      return below(5) === 0 ? scratch(text) : text;
    },
  };
}
