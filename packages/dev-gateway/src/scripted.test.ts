import { describe, expect, test } from "vitest";
import { startDevGateway } from "./index.ts";
import { connect, openLink } from "./testing/client.test.support.ts";

describe("a Gateway that does what a test says", () => {
  test("refuses a connect with these very words, as often as they are given", async () => {
    const error = { code: "INVALID_REQUEST", message: "no", details: { code: "AUTH_OF_NEXT_YEAR" } };
    const refusals = [{ error }, { error, close: { code: 1013, reason: "later" } }];
    await using gateway = await startDevGateway({ refuse: () => refusals.shift() });
    for (const close of [
      { code: 1008, reason: "no" },
      { code: 1013, reason: "later" },
    ]) {
      const link = await openLink(gateway.url);
      link.send({ type: "req", id: "1", method: "connect", params: {} });
      expect((await link.frame((frame) => frame.id === "1")).error).toEqual(error);
      expect(await link.closed).toEqual(close);
    }
    const known = await connect(gateway);
    expect((await known.request("skills.bins", {})).ok).toBe(true);
    known.ws.terminate();
  });

  test("ends all sockets in any way, and goes on", async () => {
    await using gateway = await startDevGateway();
    const ways = [{ code: 4001, reason: "gateway auth changed" }, "no code", "cut"] as const;
    const seen: unknown[] = [];
    for (const way of ways) {
      const client = await connect(gateway);
      gateway.closeClients(way);
      seen.push((await client.closed).code);
    }
    expect(seen).toEqual([4001, 1005, 1006]);
  });
});
