import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "../dispatch.ts";
import type { HostContext, InvokeAnswer, InvokeCall } from "../host-context.ts";
import { FULL_POLICY, hostScene } from "../host-scene.test.support.ts";

const CALL: InvokeCall = {
  id: "i",
  signal: new AbortController().signal,
  protocol: 4,
  prepareSeen: true,
  maxPayloadBytes: 400_000,
  sendEvent: () => undefined,
};

const INLINE = { command: ["perl", "-e", "print 1"], agentId: "main" };
const STRICT = { exec: { strictInlineEval: true } };

async function invoke(command: string, params: object, context: HostContext): Promise<InvokeAnswer> {
  return await dispatchInvoke(
    { id: "i", nodeId: "d", command, paramsJSON: JSON.stringify(params) },
    CALL,
    context,
  );
}

describe("code in arguments", () => {
  it("runs under a full policy, unless the owner wants each such run approved", async () => {
    expect(await invoke("system.run", INLINE, hostScene().context)).toMatchObject({ ok: true });
    const { context } = hostScene(FULL_POLICY, STRICT);
    expect(await invoke("system.run", INLINE, context)).toMatchObject({
      ok: false,
      code: "SYSTEM_RUN_DENIED",
      message: expect.stringMatching(
        /^SYSTEM_RUN_DENIED: approval required \(perl -e requires explicit approval in strictInlineEval mode\)/u,
      ) as string,
    });
  });

  it.each([
    ["neither side", false, false, true],
    ["the owner", true, false, false],
    ["the Gateway", false, true, false],
    ["both", true, true, false],
  ])("is strict when %s says so: nothing is planned that nothing binds", async (_who, own, sent, ok) => {
    const { context } = hostScene(FULL_POLICY, own ? STRICT : {});
    const params = { ...INLINE, security: "full", ask: "off", strictInlineEval: sent };
    expect(await invoke("system.run.prepare", params, context)).toMatchObject({ ok });
  });
});

describe("programs that need no entry", () => {
  const listed = { version: 1, defaults: { security: "allowlist", ask: "off" } };
  const count = { command: ["wc", "-l"], agentId: "main" };

  it("are the built-in ones, or those that the owner named", async () => {
    expect(await invoke("system.run", count, hostScene(listed).context)).toMatchObject({ ok: true });
    const { context } = hostScene(listed, { exec: { safeBins: ["head"] } });
    expect(await invoke("system.run", count, context)).toMatchObject({ ok: false });
    expect(await invoke("system.run", { ...count, command: ["head", "-n1"] }, context)).toMatchObject({
      ok: true,
    });
  });
});
