import {
  formatValidationErrors,
  validateConnectParams,
  validateNodeInvokeParams,
  validateRequestFrame,
} from "@openclaw/gateway-protocol";
import { OPERATOR_METHODS } from "@openclaw/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connectShape } from "./connect-shape.ts";
import { requestSchema } from "./dispatch.ts";
import { ERA_RULES } from "./era.ts";
import { check } from "./validation-text.ts";

const rules = ERA_RULES["2026.9"];
type Validator = ((value: unknown) => boolean) & { readonly errors?: never };

/** What the official validator says, as the newest Gateway shows it. */
function official(validate: unknown, value: unknown): string | undefined {
  const validator = validate as Validator;
  return validator(value) ? undefined : formatValidationErrors(validator.errors);
}

function ours(schema: Parameters<typeof check>[0], value: unknown): string | undefined {
  const checked = check(schema, value, rules);
  return checked.ok ? undefined : checked.text;
}

const connect = {
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "node-host", mode: "node", version: "1", platform: "linux", displayName: "n" },
  role: "node",
  scopes: [],
  caps: ["system"],
  commands: ["system.run"],
  pathEnv: "/bin",
  auth: { token: "t" },
  device: { id: "i", publicKey: "p", signature: "s", signedAt: 1, nonce: "n" },
};
const invoke = { nodeId: "n", command: "c", params: {}, timeoutMs: 5, idempotencyKey: "k" };
const frame = { type: "req", id: "1", method: "m", params: {} };

const spoiling = fc.constantFrom<unknown>(
  7,
  1.5,
  -1,
  "",
  "x",
  null,
  true,
  [],
  [7],
  {},
  { extra: 1 },
  undefined,
);

/** One value somewhere in the object replaced, removed, or one added. */
function spoiled(valid: object): fc.Arbitrary<object> {
  const paths = pathsOf(valid);
  return fc.tuple(fc.constantFrom(...paths), spoiling).map(([path, value]) => replaced(valid, path, value));
}

function pathsOf(value: object, prefix: readonly string[] = []): string[][] {
  const here = Object.entries(value).flatMap(([key, inner]) => {
    const path = [...prefix, key];
    const object = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return [path, ...(object ? pathsOf(inner, path) : [])];
  });
  return [...here, [...prefix, "extra"]];
}

function replaced(value: object, [key = "", ...rest]: readonly string[], by: unknown): object {
  const old: unknown = Reflect.get(value, key);
  const nested = rest.length > 0 && typeof old === "object" && old !== null;
  const copy: Record<string, unknown> = { ...value, [key]: nested ? replaced(old, rest, by) : by };
  // A client sends JSON, and JSON knows no undefined.
  return JSON.parse(JSON.stringify(copy)) as object;
}

describe("the text says what the official validator says", () => {
  test("about the params of connect", () => {
    fc.assert(
      fc.property(spoiled(connect), (params) => {
        const shape = connectShape(params, rules);
        const text = shape.ok ? undefined : shape.message.replace("invalid connect params: ", "");
        expect(text).toBe(official(validateConnectParams, params));
      }),
      { numRuns: 500 },
    );
  });

  test("about the params of node.invoke", () => {
    fc.assert(
      fc.property(spoiled(invoke), (params) => {
        expect(ours(OPERATOR_METHODS["node.invoke"], params)).toBe(
          official(validateNodeInvokeParams, params),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("about a request frame", () => {
    fc.assert(
      fc.property(spoiled(frame), (value) => {
        expect(ours(requestSchema, value)).toBe(official(validateRequestFrame, value));
      }),
      { numRuns: 300 },
    );
  });

  test.each([null, [], "x", 7, {}])("about %j", (value) => {
    expect(ours(requestSchema, value)).toBe(official(validateRequestFrame, value));
    const shape = connectShape(value, rules);
    expect(shape.ok ? "" : shape.message).toBe(
      `invalid connect params: ${official(validateConnectParams, value)}`,
    );
  });
});

test("the older validator names everything that is missing", () => {
  const old = check(OPERATOR_METHODS["node.invoke"], {}, { oldValidator: true });
  expect(old.ok ? "" : old.text).toBe(
    "must have required property 'nodeId'; must have required property 'command'; must have required property 'idempotencyKey'",
  );
});
