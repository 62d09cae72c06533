import { readFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  deviceSignaturePayload,
  parseFrame,
  parseWith,
  systemRunParamsSchema,
  type EventFrame,
  type Frame,
  type OperatorMethodParams,
  type Parsed,
  type ProtocolError,
  type RequestFrame,
  type ResponseFrame,
  type RunPlan,
  type SystemRunParams,
} from "./index.ts";

describe("public types", () => {
  it("a parse is a value or an error, told apart by `ok`", () => {
    expectTypeOf(parseFrame).returns.toEqualTypeOf<Parsed<Frame>>();
    expectTypeOf<Frame>().toEqualTypeOf<RequestFrame | ResponseFrame | EventFrame>();
    expectTypeOf<Extract<Parsed<Frame>, { ok: false }>["error"]>().toEqualTypeOf<ProtocolError>();
  });

  it("a schema gives its interface", () => {
    const parsed = parseWith(systemRunParamsSchema, { command: ["ls"] }, "params");
    expectTypeOf(parsed).toEqualTypeOf<Parsed<SystemRunParams>>();
    expect(parsed.ok).toBe(true);
  });

  it("params of a method are those of its interface", () => {
    expectTypeOf<OperatorMethodParams["node.rename"]>().toEqualTypeOf<{
      readonly nodeId: string;
      readonly displayName: string;
    }>();
  });

  it("a plan is read-only, and a signature needs its nonce", () => {
    expectTypeOf<RunPlan["argv"]>().toEqualTypeOf<readonly string[]>();
    expectTypeOf(deviceSignaturePayload).parameter(1).toHaveProperty("nonce");
  });
});

describe("README", () => {
  it("its example runs and prints what it says", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const code = /```ts\n([\s\S]*?)```/u.exec(readme)?.[1] ?? "";
    const index = new URL("./index.ts", import.meta.url).href;
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const source = code.replace('"@openclaw/protocol"', JSON.stringify(index));
    await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`);
    expect(log).toHaveBeenCalledWith("system.which");
    log.mockRestore();
  });
});
