import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { writeOn } from "./write-on.ts";

it("waits for a slow reader, and for nobody else", async () => {
  const stream = new PassThrough({ highWaterMark: 8 });
  await writeOn(stream, "short");
  const order: string[] = [];
  const written = writeOn(stream, "longer than the stream keeps").then(() => order.push("written"));
  await new Promise(setImmediate);
  order.push("read");
  stream.resume();
  await written;
  expect(order).toEqual(["read", "written"]);
  let kept = "";
  await writeOn({ write: (text) => void (kept += text) }, "anything");
  expect(kept).toBe("anything");
});
