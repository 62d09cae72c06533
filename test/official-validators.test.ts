// Every request that our node host and our operator commands send is shown to the official validators.
import * as official from "@openclaw/gateway-protocol";
import { startDevGateway } from "@openclaw/dev-gateway";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeIdOf } from "./scenarios/world.ts";
import { runCli, startNode } from "./scenarios/node-process.ts";

type Validator = ((value: unknown) => boolean) & { readonly errors?: unknown };

const VALIDATORS: Readonly<Record<string, Validator>> = {
  connect: official.validateConnectParams,
  "node.invoke.result": official.validateNodeInvokeResultParams,
  "node.event": official.validateNodeEventParams,
  "node.list": official.validateNodeListParams,
  "node.describe": official.validateNodeDescribeParams,
  "node.rename": official.validateNodeRenameParams,
  "node.invoke": official.validateNodeInvokeParams,
  "node.pair.list": official.validateNodePairListParams,
  "node.pair.approve": official.validateNodePairApproveParams,
  "node.pair.remove": official.validateNodePairRemoveParams,
  "device.pair.list": official.validateDevicePairListParams,
  "exec.approvals.node.get": official.validateExecApprovalsNodeGetParams,
  "exec.approvals.node.set": official.validateExecApprovalsNodeSetParams,
  "exec.approvals.get": official.validateExecApprovalsGetParams,
  "exec.approval.request": official.validateExecApprovalRequestParams,
  "exec.approval.resolve": official.validateExecApprovalResolveParams,
};
/** Sent, but without a validator in the official package. */
const UNVALIDATED = new Set([
  "node.runnerInventory.update",
  "exec.approval.waitDecision",
  "exec.approval.list",
  "device.pair.approve",
]);

const TOKEN = "validator-token-0123456789";

interface Sent {
  readonly method: string;
  readonly params: unknown;
  readonly frame: unknown;
}

describe("what we send", () => {
  const sent: Sent[] = [];
  const snapshots: unknown[] = [];
  const operator = mkdtempSync(join(tmpdir(), "openclaw-operator-"));

  beforeAll(async () => {
    const gateway = await startDevGateway({ token: TOKEN });
    gateway.on((event) => {
      if (event.type !== "frame-in") return;
      const frame = event.frame as { method?: string; params?: { ok?: boolean; payloadJSON?: string } };
      if (frame.method === undefined) return;
      sent.push({ method: frame.method, params: frame.params, frame });
      const text =
        frame.method === "node.invoke.result" && frame.params?.ok === true
          ? frame.params.payloadJSON
          : undefined;
      const payload = text === undefined ? undefined : (JSON.parse(text) as { file?: unknown });
      if (payload?.file !== undefined) snapshots.push(payload);
    });
    const node = startNode({ port: gateway.port, token: TOKEN });
    try {
      await node.line(/nodes approve/u);
      const nodeId = nodeIdOf(node);
      const env = { OPENCLAW_GATEWAY_URL: gateway.url, OPENCLAW_GATEWAY_TOKEN: TOKEN };
      const cli = async (...args: string[]): Promise<string> => {
        const result = await runCli(args, { stateDir: operator, env });
        return result.stdout + result.stderr;
      };
      const requestId = /[0-9a-f]{8}-[0-9a-f-]{27}/u.exec(await cli("nodes", "pending"))?.[0] ?? "";
      await cli("nodes", "approve", requestId);
      await node.line(/ready for work/u);
      await cli("nodes", "list");
      await cli("nodes", "status");
      await cli("nodes", "describe", "--node", nodeId);
      await cli("nodes", "rename", "--node", nodeId, "--name", "other name");
      await cli("devices", "list");
      await cli("approvals", "get", "--gateway");
      await cli("approvals", "allowlist", "add", realpathSync("/usr/bin/uname"), "--node", nodeId);
      await cli(
        "nodes",
        "invoke",
        "--node",
        nodeId,
        "--command",
        "system.which",
        "--params",
        '{"bins":["sh"]}',
      );
      await cli("nodes", "run", "--node", nodeId, "--", "uname");
      const asked = cli("nodes", "run", "--node", nodeId, "--", "id", "-u");
      const approvalId = await new Promise<string>((resolve) => {
        gateway.on((event) => {
          if (event.type === "approval-requested") resolve(event.id);
        });
      });
      await cli("approvals", "pending");
      await cli("approvals", "resolve", approvalId, "allow-once");
      await asked;
      await cli("nodes", "remove", "--node", nodeId);
    } finally {
      await node.stop();
      await gateway.close();
    }
  }, 60_000);

  afterAll(() => rmSync(operator, { recursive: true, force: true }));

  it("uses every method that the validators know of", () => {
    const methods = new Set(sent.map(({ method }) => method));
    expect(Object.keys(VALIDATORS).filter((method) => !methods.has(method))).toEqual([]);
    expect([...methods].filter((method) => !(method in VALIDATORS) && !UNVALIDATED.has(method))).toEqual([]);
  });

  it("passes the official validators, frame by frame", () => {
    const problems: unknown[] = [];
    for (const { method, params, frame } of sent) {
      if (!official.validateRequestFrame(frame))
        problems.push({ method, errors: official.validateRequestFrame.errors });
      const validate = VALIDATORS[method];
      if (validate !== undefined && !validate(params)) problems.push({ method, errors: validate.errors });
    }
    expect(problems).toEqual([]);
  });

  it("answers with policy snapshots that the newest Gateway accepts", () => {
    expect(snapshots.length).toBeGreaterThan(1);
    for (const snapshot of snapshots)
      expect(official.validateExecApprovalsNodeSnapshot(snapshot), JSON.stringify(snapshot)).toBe(true);
  });
});
