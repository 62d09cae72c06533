import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mask, unmask } from "./frame-mask.ts";

const bytes = fc.uint8Array({ maxLength: 200 });
const keys = fc.uint8Array({ minLength: 4, maxLength: 4 });
const expected = (source: Uint8Array, key: Uint8Array): number[] =>
  [...source].map((byte, index) => byte ^ (key[index & 3] ?? 0));

describe("the mask of a frame", () => {
  it("is that of the protocol, wherever the bytes lie, and touches nothing else", () => {
    fc.assert(
      fc.property(bytes, keys, fc.nat(9), fc.nat(9), (source, key, from, to) => {
        const input = Buffer.from(new ArrayBuffer(source.length + 20)).subarray(from, from + source.length);
        input.set(source);
        const output = Buffer.from(new ArrayBuffer(source.length + 20)).fill(0x55);
        mask(input, Buffer.from(key), output, to, source.length);
        expect([...output.subarray(to, to + source.length)]).toEqual(expected(source, key));
        expect([...input]).toEqual([...source]);
        const around = [...output.subarray(0, to), ...output.subarray(to + source.length)];
        expect(around.every((byte) => byte === 0x55)).toBe(true);
      }),
    );
  });

  it("can be put on in place, and taken off again", () => {
    fc.assert(
      fc.property(bytes, keys, fc.nat(9), (source, key, from) => {
        const room = Buffer.from(new ArrayBuffer(source.length + 20));
        const buffer = room.subarray(from, from + source.length);
        buffer.set(source);
        mask(buffer, Buffer.from(key), buffer, 0, buffer.length);
        expect([...buffer]).toEqual(expected(source, key));
        unmask(buffer, Buffer.from(key));
        expect([...buffer]).toEqual([...source]);
      }),
    );
  });
});
