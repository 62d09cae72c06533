import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ERAS } from "@openclaw/dev-gateway";
import { newIdentity, startWorld, type OperatorWorld } from "./operator-world.test.support.ts";

type Json = Readonly<Record<string, unknown>>;

describe.each(ERAS)("nodes and devices on a Gateway of %s", (era) => {
  let world: OperatorWorld;
  const identity = newIdentity();
  const asked = era !== "2026.2";

  beforeAll(async () => {
    // The display name tries to act on the terminal of whoever lists it.
    world = await startWorld({ era, treatAsRemote: (request) => request.url === "/remote" });
    await world.node("Küche \u001b[31mPi", undefined, identity);
  });
  afterAll(() => world.stop());

  test("a new node's commands wait, are listed whole, and can be approved", async () => {
    const pending = (await world.json(["nodes", "pending"])) as readonly Json[];
    // The oldest Gateways ask nobody about commands.
    expect(pending).toMatchObject(asked ? [{ kind: "surface", nodeId: identity.deviceId }] : []);
    const shown = await world.cli(["nodes", "pending"]);
    for (const requestId of pending.map((request) => String(request["requestId"]))) {
      for (const text of [requestId, String.raw`Küche \u001b[31mPi`, "system.run.prepare"])
        expect(shown.stdout).toContain(text);
      const approved = await world.cli(["nodes", "approve", requestId]);
      expect(approved).toMatchObject({ code: 0, stderr: "" });
      expect(approved.stdout).toContain("Approved Küche");
      expect((await world.cli(["nodes", "approve", requestId])).code).toBe(1);
    }
  });

  test("nothing waits any more", async () => {
    expect(await world.json(["nodes", "pending"])).toEqual([]);
    expect((await world.cli(["nodes", "pending"])).stdout).toContain("No pending pairing requests.");
  });

  test("status, list and describe name it and show no escape sequence", async () => {
    for (const words of [
      ["nodes", "status"],
      ["nodes", "list"],
      ["devices", "list"],
    ]) {
      const { stdout, code } = await world.cli(words);
      expect(code).toBe(0);
      expect(stdout).toContain(identity.deviceId.slice(0, 12));
      expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
    const described = (await world.json(["nodes", "describe", identity.deviceId.slice(0, 6)])) as Json;
    expect(described).toMatchObject({ nodeId: identity.deviceId, connected: true });
    expect(await world.json(["nodes", "status"])).toMatchObject({ nodes: [{ nodeId: identity.deviceId }] });
    expect(await world.json(["nodes", "list"])).toMatchObject({ paired: [{ nodeId: identity.deviceId }] });
  });

  test("an unknown node is named, and the exit code tells", async () => {
    const result = await world.cli(["nodes", "describe", "--node", "attic"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("unknown node: `attic`");
    expect(await world.json(["nodes", "describe", "--node", "attic"])).toMatchObject({
      ok: false,
      error: { code: "unknown-node" },
    });
  });

  test("a device that would also be an operator is not approved with the nodes", async () => {
    const remote = {
      OPENCLAW_GATEWAY_URL: `${world.gateway.url}/remote`,
      OPENCLAW_STATE_DIR: `${world.stateDir}/remote`,
    };
    const refused = (await world.json(["nodes", "status"], { env: remote })) as { readonly error: Json };
    expect(refused.error["code"]).toBe("pairing-required");
    const { pending } = (await world.json(["devices", "list"])) as { readonly pending: readonly Json[] };
    const requestId = String(pending[0]?.["requestId"]);
    expect(String(refused.error["hints"])).toContain(requestId);
    const nodesApprove = await world.cli(["nodes", "approve", requestId]);
    expect(nodesApprove.code).toBe(1);
    expect(nodesApprove.stderr).toContain("not for a node");
    expect((await world.cli(["devices", "approve", "--latest"])).stdout).toContain("operator.admin");
    expect((await world.cli(["nodes", "status"], { env: remote })).code).toBe(0);
  });

  test("a Gateway's device token is used for it, and for no other", async () => {
    const env = { OPENCLAW_GATEWAY_TOKEN: "" };
    expect((await world.cli(["nodes", "status"], { env })).code).toBe(0);
    const elsewhere = { ...env, OPENCLAW_GATEWAY_URL: world.gateway.url.replace("127.0.0.1", "localhost") };
    expect(await world.json(["nodes", "status"], { env: elsewhere })).toMatchObject({
      error: { code: "no-credential" },
    });
  });

  test("rename and remove do it, or say why this Gateway cannot", async () => {
    const renamed = await world.cli(["nodes", "rename", "--node", identity.deviceId, "--name", "attic"]);
    expect(renamed).toMatchObject(
      asked
        ? { code: 0, stdout: `node rename ok: ${identity.deviceId} -> attic\n` }
        : { code: 1, stdout: "" },
    );
    const removed = await world.cli(["nodes", "remove", "--node", identity.deviceId]);
    const canRemove = era === "2026.6" || era === "2026.9";
    expect(removed.code).toBe(canRemove ? 0 : 1);
    expect(canRemove ? removed.stdout : removed.stderr).toContain(
      canRemove ? `Removed paired node ${identity.deviceId}` : "cannot remove nodes",
    );
    // The newest removes the device with the node; the oldest removes no devices.
    expect(removed.stdout.includes("paired anew")).toBe(era === "2026.9");
    const device = await world.cli(["devices", "remove", identity.deviceId.slice(0, 8)]);
    expect(device.code).toBe(era === "2026.3" || era === "2026.6" ? 0 : 1);
  });
});
