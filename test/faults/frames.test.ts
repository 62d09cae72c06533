import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { eventFrame, rawFrame } from "./raw-frames.ts";
import { faultScene } from "./scene.ts";

const MIB = 1024 * 1024;
const NUL_EVENT = `{"type":"event","event":"x","payload":"${"\\u0000".repeat(1000)}"}`;

/** Resident memory of a process, in MiB. */
function residentMib(pid: number): number {
  const [, kib = "0"] = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** What a healthy link bears without a word. */
const BORNE: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["pongs that nobody asked for", repeated(100_000, rawFrame({ opcode: 10 }))],
  [
    "a flood of events",
    Buffer.concat(Array.from({ length: 50_000 }, (_, n) => eventFrame("presence", { n }))),
  ],
  [
    "a flood of texts that are no frames",
    Buffer.concat(Array.from({ length: 50_000 }, (_, n) => rawFrame({ payload: `${n}` }))),
  ],
  ["an event of 26 MB", eventFrame("big", "x".repeat(26 * MIB))],
  ["an event of 26 MB in pieces of 4 KB", inPieces(26 * MIB, 4096)],
  ["brackets 10 MB deep", rawFrame({ payload: "[".repeat(10 * MIB) })],
  [
    "an object with 400,000 keys",
    rawFrame({ payload: `{${Array.from({ length: 400_000 }, (_, n) => `"k${n}":1`).join(",")}}` }),
  ],
  ["bytes instead of text", rawFrame({ opcode: 2, payload: Buffer.alloc(MIB, 0xff) })],
  ["empty texts", repeated(50_000, rawFrame({}))],
  ["text that is all escapes", rawFrame({ payload: NUL_EVENT })],
];

/** What ends a link; the host takes another one. */
const ENDING: readonly (readonly [what: string, bytes: Buffer])[] = [
  // Their answers are bounded: who sends more than can be answered is left.
  ["pings without end", repeated(100_000, rawFrame({ opcode: 9, payload: "are you there" }))],
  ["a text in more pieces than anybody sends", inPieces(MIB, 16)],
  ["a frame that is masked", rawFrame({ masked: true, payload: "{}" })],
  ["a frame that is compressed, although nobody agreed to it", rawFrame({ reserved: 4, payload: bomb() })],
  ["a reserved bit", rawFrame({ reserved: 1, payload: "{}" })],
  ["an opcode that does not exist", rawFrame({ opcode: 3, payload: "{}" })],
  ["text that is no UTF-8", rawFrame({ payload: Buffer.from([0x22, 0xff, 0xfe, 0x22]) })],
  ["half a character at the end of a text", rawFrame({ payload: Buffer.from([0xe2, 0x82]) })],
  ["a piece that continues nothing", rawFrame({ opcode: 0, payload: "x" })],
  [
    "a text within the pieces of another",
    Buffer.concat([rawFrame({ fin: false, payload: "x" }), rawFrame({ payload: "y" })]),
  ],
  ["a ping that is too long", rawFrame({ opcode: 9, payload: "x".repeat(126) })],
  ["a ping in pieces", rawFrame({ opcode: 9, fin: false, payload: "x" })],
  ["a close with a code that nobody may send", rawFrame({ opcode: 8, payload: Buffer.from([0x03, 0xed]) })],
  ["a close with half a code", rawFrame({ opcode: 8, payload: Buffer.from([0x03]) })],
  ["a frame that says it has 40 MB", rawFrame({ saidBytes: 40 * MIB, payload: "{" })],
  ["a frame that says it has 2^62 bytes", rawFrame({ saidBytes: 2n ** 62n, payload: "{" })],
  ["pieces that have 40 MB together", inPieces(40 * MIB, MIB)],
  ["half a frame, and then nothing that fits", rawFrame({ saidBytes: 60_000, payload: "{" })],
];

function repeated(times: number, frame: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => frame));
}

/** A few KB that become 64 MB. */
function bomb(): Buffer {
  return deflateRawSync(Buffer.alloc(64 * MIB, 0x20));
}

/** One event, in many frames of a message. */
function inPieces(total: number, piece: number): Buffer {
  const text = Buffer.from(JSON.stringify({ type: "event", event: "big", payload: "x".repeat(total) }));
  const frames: Buffer[] = [];
  for (let at = 0; at < text.length; at += piece) {
    const last = at + piece >= text.length;
    frames.push(rawFrame({ opcode: at === 0 ? 1 : 0, fin: last, payload: text.subarray(at, at + piece) }));
  }
  return Buffer.concat(frames);
}

describe("bytes of a Gateway gone mad", { timeout: 120_000 }, () => {
  it("that are only much, or mean nothing, are borne, in bounded memory", async () => {
    const scene = await faultScene({ gateway: { tickIntervalMs: 5000 } });
    const { proxy, node } = scene;
    expect(await scene.run()).toBe(true);
    for (const [what, bytes] of BORNE) {
      await proxy.inject(bytes);
      expect([what, await scene.readyAgain(15_000)]).toEqual([what, expect.any(Number)]);
      expect([what, proxy.connections]).toEqual([what, 1]);
    }
    const before = residentMib(node.child.pid ?? 0);
    for (let round = 0; round < 3; round += 1)
      for (const [, bytes] of BORNE.slice(0, 4)) await proxy.inject(bytes);
    await scene.readyAgain(30_000);
    // The engine may keep what it had for the largest frame; what came three times must not stay three times.
    expect(residentMib(node.child.pid ?? 0) - before).toBeLessThan(150);
    await scene.check();
  });

  it.each(ENDING)("end a link, and the host takes another: %s", async (_what, bytes) => {
    const scene = await faultScene();
    const endLoad = scene.load();
    await scene.proxy.inject(bytes);
    await scene.readyAgain(12_000);
    await endLoad();
    expect(scene.proxy.connections).toBe(2);
    await scene.check();
  });
});

describe("invokes of a Gateway gone mad", { timeout: 120_000 }, () => {
  it("that come a thousand at once, and each of them ten times, are answered once each", async () => {
    const scene = await faultScene({ gateway: { tickIntervalMs: 5000 } });
    const { proxy, nodeId, node } = scene;
    const answered = new Map<string, number>();
    scene.gateway().on((event) => {
      if (event.type !== "frame-in") return;
      const frame = event.frame as { readonly method?: string; readonly params?: { readonly id?: string } };
      const id = frame.params?.id ?? "";
      if (frame.method === "node.invoke.result" && id.startsWith("mad-"))
        answered.set(id, (answered.get(id) ?? 0) + 1);
    });
    const invoke = (n: number): Buffer =>
      eventFrame("node.invoke.request", {
        id: `mad-${n}`,
        nodeId,
        command: n % 2 === 0 ? "system.which" : "no.such",
        paramsJSON: '{"bins":["sh"]}',
        timeoutMs: 5000,
      });
    for (let round = 0; round < 10; round += 1)
      await proxy.inject(Buffer.concat(Array.from({ length: 1000 }, (_, n) => invoke(n))));
    await scene.readyAgain(20_000);
    await expect.poll(() => answered.size, { timeout: 10_000 }).toBe(1000);
    expect([...answered.values()].every((times) => times === 1)).toBe(true);
    expect(proxy.connections).toBe(1);
    expect(node.child.exitCode).toBeNull();
    await scene.check();
  });
});
