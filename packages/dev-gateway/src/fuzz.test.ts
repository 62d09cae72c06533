import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ERAS } from "./index.ts";
import { ERA_RULES } from "./era.ts";
import { methodsOf } from "./methods/all.ts";
import { connectParams, newIdentity, openLink } from "./testing/client.test.support.ts";
import { startScene } from "./testing/scene.test.support.ts";

const names = Object.keys(methodsOf(ERA_RULES["2026.9"]));
const known = ["nodeId", "deviceId", "requestId", "id", "command", "params", "file", "event", "role", "ok"];
const params = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(
    fc.constantFrom(...known, "baseHash", "host", "systemRunPlan", "payloadJSON"),
    fc.jsonValue(),
  ),
);
const calls = fc.array(fc.tuple(fc.constantFrom(...names), params), { minLength: 10, maxLength: 10 });

describe.each(ERAS)("whatever a client of %s sends", (era) => {
  test.each(["operator", "node"])("as %s is answered, and never with a failure of ours", async (role) => {
    await fc.assert(
      fc.asyncProperty(calls, async (batch) => {
        await using scene = await startScene({ era });
        const client = role === "operator" ? scene.operator : await scene.node();
        const answers = batch.map(([method, value], index) => {
          client.send({ type: "req", id: `f${index}`, method, params: value });
          return client.frame((frame) => frame.id === `f${index}`);
        });
        for (const answer of await Promise.all(answers)) {
          expect(typeof answer.ok).toBe("boolean");
          expect(answer.error?.message).not.toBe("internal error");
        }
      }),
      { numRuns: 15 },
    );
  });

  test("instead of a connect ends in a hello or a close", async () => {
    const identity = newIdentity();
    await using scene = await startScene({ era });
    const keys = ["client", "auth", "device", "role", "scopes", "caps", "commands", "minProtocol", "pathEnv"];
    const edit = fc.tuple(fc.constantFrom(...keys), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(edit, async ([key, value]) => {
        const link = await openLink(scene.gateway.url);
        const challenge = await link.event("connect.challenge");
        const valid = connectParams(challenge, { token: scene.gateway.token }, identity);
        link.send({ type: "req", id: "1", method: "connect", params: { ...valid, [key]: value } });
        const answer = await link.frame((frame) => frame.id === "1").catch(() => undefined);
        const end = answer?.ok === true ? 0 : (await link.closed).code;
        expect(end).toBeOneOf([0, 1000, 1002, 1008]);
        link.ws.terminate();
      }),
      { numRuns: 60 },
    );
  });
});
