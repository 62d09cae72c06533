// Frames after hello that a Gateway must refuse or ignore, as data.
// `nodeId` is a connected node with an approved surface; as role node it is the sender itself.
import type { FrameContext, InvalidFrameCase } from "./invalid-frames.ts";
import { connectParams } from "./raw-client.ts";
import type { Json } from "./raw-socket.ts";

/** Over the 25 MiB that the newest Gateways take after hello. */
const OVER_MAX_PAYLOAD = 26 * 1024 * 1024;
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";
const UNKNOWN_NODE = "f".repeat(64);
const FLOOD = 12;

const invoke = ({ nodeId }: FrameContext): Json => ({
  nodeId,
  command: "system.which",
  params: { bins: ["sh"] },
  idempotencyKey: crypto.randomUUID(),
});
const result = ({ identity }: FrameContext): Json => ({ id: UNKNOWN_ID, nodeId: identity.id, ok: true });
const event = (): Json => ({ event: "exec.finished", payloadJSON: "{}" });
const none = (): Json => ({});

export const METHOD_CASES: readonly InvalidFrameCase[] = [
  frame("operator", "not JSON after hello", () => "hello"),
  frame("operator", "binary after hello", () => Buffer.from(JSON.stringify(request("no.such.method", {})))),
  frame("operator", "no request after hello", () => ({ type: "event", event: "tick" })),
  frame("operator", "id is a number after hello", () => ({ ...request("no.such.method", {}), id: 7 })),
  frame("operator", "id is empty after hello", () => ({ ...request("no.such.method", {}), id: "" })),
  frame("operator", "id is missing after hello", () => ({
    type: "req",
    method: "no.such.method",
    params: {},
  })),
  frame("operator", "method is empty", () => request("", {})),
  frame("operator", "unknown field in a frame after hello", () => ({
    ...request("no.such.method", {}),
    extra: 1,
  })),
  frame("operator", "over maxPayload after hello", () =>
    request("no.such.method", { pad: "x".repeat(OVER_MAX_PAYLOAD) }),
  ),
  frame("operator", "second connect, role operator", (c) =>
    request("connect", connectParams(c.challenge, { role: "operator", ...c })),
  ),
  frame("node", "second connect, role node", (c) =>
    request("connect", connectParams(c.challenge, { role: "node", ...c })),
  ),

  call("operator", "unknown method, role operator", "no.such.method", none),
  call("node", "unknown method, role node", "no.such.method", none),
  call("node", "node.list as node", "node.list", none),
  call("node", "node.pair.list as node", "node.pair.list", none),
  call("operator", "node.invoke.result as operator", "node.invoke.result", result),
  call("operator", "node.event as operator", "node.event", event),
  flood("operator", "flood of unknown methods, role operator"),
  flood("node", "flood of unknown methods, role node"),

  call("operator", "node.invoke, unknown field", "node.invoke", (c) => ({ ...invoke(c), extra: 1 })),
  call("operator", "node.invoke, nodeId is a number", "node.invoke", (c) => ({ ...invoke(c), nodeId: 7 })),
  call("operator", "node.invoke, nodeId is empty", "node.invoke", (c) => ({ ...invoke(c), nodeId: "" })),
  call("operator", "node.invoke, timeoutMs is a string", "node.invoke", (c) => ({
    ...invoke(c),
    timeoutMs: "1",
  })),
  call("operator", "node.invoke, timeoutMs is negative", "node.invoke", (c) => ({
    ...invoke(c),
    timeoutMs: -1,
  })),
  call("operator", "node.invoke, no idempotencyKey", "node.invoke", ({ nodeId }) => ({
    nodeId,
    command: "system.which",
  })),
  call("operator", "node.invoke, unknown node", "node.invoke", (c) => ({
    ...invoke(c),
    nodeId: UNKNOWN_NODE,
  })),
  call("operator", "node.invoke, undeclared command", "node.invoke", (c) => ({
    ...invoke(c),
    command: "system.notify",
  })),
  call("operator", "node.invoke, forbidden command", "node.invoke", (c) => ({
    ...invoke(c),
    command: "camera.snap",
  })),
  call("operator", "node.invoke, unknown command", "node.invoke", (c) => ({
    ...invoke(c),
    command: "no.such.command",
  })),
  call("operator", "node.invoke, exec approvals", "node.invoke", (c) => ({
    ...invoke(c),
    command: "system.execApprovals.get",
  })),
  call("operator", "node.invoke, params are missing", "node.invoke", () => undefined),

  call("node", "node.invoke.result, unknown id", "node.invoke.result", result),
  call("node", "node.invoke.result, unknown field", "node.invoke.result", (c) => ({
    ...result(c),
    extra: 1,
  })),
  call("node", "node.invoke.result, ok is a string", "node.invoke.result", (c) => ({
    ...result(c),
    ok: "yes",
  })),
  call("node", "node.invoke.result, payloadJSON is an object", "node.invoke.result", (c) => ({
    ...result(c),
    payloadJSON: {},
  })),
  call("node", "node.invoke.result, payloadJSON is null", "node.invoke.result", (c) => ({
    ...result(c),
    payloadJSON: null,
  })),
  call("node", "node.invoke.result, error is null", "node.invoke.result", (c) => ({
    ...result(c),
    error: null,
  })),
  call("node", "node.invoke.result, error is a string", "node.invoke.result", (c) => ({
    ...result(c),
    ok: false,
    error: "x",
  })),
  call("node", "node.invoke.result, another node", "node.invoke.result", (c) => ({
    ...result(c),
    nodeId: UNKNOWN_NODE,
  })),
  call("node", "node.event, unknown field", "node.event", () => ({ ...event(), extra: 1 })),
  call("node", "node.event, no event", "node.event", none),
  call("node", "node.event, unknown event", "node.event", () => ({ ...event(), event: "no.such.event" })),
  call("node", "node.event, payloadJSON is not JSON", "node.event", () => ({ ...event(), payloadJSON: "{" })),
  call("node", "skills.bins, unknown field", "skills.bins", () => ({ extra: 1 })),

  call("operator", "node.list, unknown field", "node.list", () => ({ extra: 1 })),
  call("operator", "node.describe, unknown node", "node.describe", () => ({ nodeId: UNKNOWN_NODE })),
  call("operator", "node.rename, unknown node", "node.rename", () => ({
    nodeId: UNKNOWN_NODE,
    displayName: "x",
  })),
  call("operator", "node.rename, empty name", "node.rename", ({ nodeId }) => ({ nodeId, displayName: "" })),
  call("operator", "node.pair.list, unknown field", "node.pair.list", () => ({ extra: 1 })),
  call("operator", "node.pair.approve, unknown request", "node.pair.approve", () => ({
    requestId: UNKNOWN_ID,
  })),
  call("operator", "node.pair.approve, unknown field", "node.pair.approve", () => ({
    requestId: UNKNOWN_ID,
    extra: 1,
  })),
  call("operator", "node.pair.approve, requestId is a number", "node.pair.approve", () => ({ requestId: 7 })),
  call("operator", "node.pair.reject, unknown request", "node.pair.reject", () => ({
    requestId: UNKNOWN_ID,
  })),
  call("operator", "node.pair.remove, unknown node", "node.pair.remove", () => ({ nodeId: UNKNOWN_NODE })),
  call("operator", "device.pair.approve, unknown request", "device.pair.approve", () => ({
    requestId: UNKNOWN_ID,
  })),
  call("operator", "device.pair.approve, unknown field", "device.pair.approve", () => ({
    requestId: UNKNOWN_ID,
    extra: 1,
  })),
  call("operator", "device.pair.reject, unknown request", "device.pair.reject", () => ({
    requestId: UNKNOWN_ID,
  })),
  call("operator", "device.pair.remove, unknown device", "device.pair.remove", () => ({
    deviceId: UNKNOWN_NODE,
  })),
  call("operator", "device.token.rotate, unknown device", "device.token.rotate", () => ({
    deviceId: UNKNOWN_NODE,
    role: "node",
  })),
  call("operator", "device.token.revoke, unknown device", "device.token.revoke", () => ({
    deviceId: UNKNOWN_NODE,
    role: "node",
  })),

  call("operator", "exec.approval.request, empty", "exec.approval.request", none),
  call("operator", "exec.approval.request, node without plan", "exec.approval.request", ({ nodeId }) => ({
    command: "true",
    host: "node",
    nodeId,
    twoPhase: true,
  })),
  call("operator", "exec.approval.waitDecision, unknown id", "exec.approval.waitDecision", () => ({
    id: UNKNOWN_ID,
  })),
  call("operator", "exec.approval.resolve, unknown id", "exec.approval.resolve", () => ({
    id: UNKNOWN_ID,
    decision: "deny",
  })),
  call("operator", "exec.approval.resolve, bad decision", "exec.approval.resolve", () => ({
    id: UNKNOWN_ID,
    decision: "maybe",
  })),
  call("operator", "exec.approval.resolve, unknown field", "exec.approval.resolve", () => ({
    id: UNKNOWN_ID,
    decision: "deny",
    extra: 1,
  })),
  call("operator", "exec.approvals.node.get, unknown node", "exec.approvals.node.get", () => ({
    nodeId: UNKNOWN_NODE,
  })),
  call("operator", "exec.approvals.node.get, unknown field", "exec.approvals.node.get", ({ nodeId }) => ({
    nodeId,
    extra: 1,
  })),
  call("operator", "exec.approvals.node.set, no file", "exec.approvals.node.set", ({ nodeId }) => ({
    nodeId,
  })),
  call("operator", "exec.approvals.node.set, version 2", "exec.approvals.node.set", ({ nodeId }) => ({
    nodeId,
    file: { version: 2 },
  })),
];

function frame(
  role: "node" | "operator",
  name: string,
  build: (context: FrameContext) => unknown,
): InvalidFrameCase {
  return { name, role, when: "hello", frames: (context) => [build(context)] };
}

function call(
  role: "node" | "operator",
  name: string,
  method: string,
  params: (context: FrameContext) => Json,
): InvalidFrameCase {
  return frame(role, name, (context) => request(method, params(context)));
}

function flood(role: "node" | "operator", name: string): InvalidFrameCase {
  return { name, role, when: "hello", frames: floodFrames };
}

function floodFrames(): unknown[] {
  return Array.from({ length: FLOOD }, (_, index) => ({
    ...request("no.such.method", {}),
    id: `${index + 1}`,
  }));
}

function request(method: string, params: Json): Json {
  return { type: "req", id: "1", method, params };
}
