// A running Gateway with an operator and an approved node, and the undoing of it all.
import { startDevGateway, type DevGateway, type DevGatewayEvent, type DevGatewayOptions } from "../index.ts";
import { connect, type Client, type ClientSetup, type Json } from "./client.test.support.ts";

/** What makes a client remote by default. */
export const REMOTE = { headers: { "X-Forwarded-For": "203.0.113.7" } };

export interface Scene extends AsyncDisposable {
  readonly gateway: DevGateway;
  readonly events: DevGatewayEvent[];
  readonly operator: Client;
  /** Connects a client that is closed with the scene. */
  readonly join: (setup?: ClientSetup) => Promise<Client>;
  /** Connects a node and approves its surface where the era asks for it. */
  readonly node: (setup?: ClientSetup) => Promise<Client>;
  /** Closes a client and waits until the Gateway has noticed. */
  readonly leave: (client: Client) => Promise<void>;
  readonly invoke: (node: Client, command: string, params?: unknown, more?: object) => Promise<Json>;
}

export async function startScene(options: DevGatewayOptions = {}): Promise<Scene> {
  const gateway = await startDevGateway(options);
  const events: DevGatewayEvent[] = [];
  gateway.on((event) => events.push(event));
  const clients: Client[] = [];
  const join = async (setup: ClientSetup = {}): Promise<Client> => {
    const client = await connect(gateway, setup);
    clients.push(client);
    return client;
  };
  const operator = await join({ role: "operator" });
  let calls = 0;
  return {
    gateway,
    events,
    operator,
    join,
    node: (setup = {}) => approvedNode(operator, join, setup),
    leave: async (client) => {
      const noticed = new Promise<void>((resolve) => {
        gateway.on((event) => {
          if (event.type === "closed" && event.client.deviceId === client.identity?.id) resolve();
        });
      });
      client.ws.close();
      await noticed;
    },
    invoke: (node, command, params, more = {}) => {
      calls += 1;
      return operator.request("node.invoke", {
        nodeId: node.identity?.id,
        command,
        ...(params === undefined ? {} : { params }),
        idempotencyKey: `k${calls}`,
        ...more,
      });
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.ws.terminate();
      await gateway.close();
    },
  };
}

async function approvedNode(
  operator: Client,
  join: (setup?: ClientSetup) => Promise<Client>,
  setup: ClientSetup,
): Promise<Client> {
  const node = await join(setup);
  const requestId = await pendingRequest(operator, node);
  if (requestId === undefined) return node;
  const approved = await operator.request("node.pair.approve", { requestId });
  if (!approved.ok) throw new Error(JSON.stringify(approved.error));
  const { nodes } = (await operator.request("node.list", {})).payload;
  const shown = nodes.find((one: Json) => one.nodeId === node.identity?.id);
  if (shown.commands.length > 0) return node;
  // The first era with approval grants the surface at the next connect only.
  await node.close();
  return join({ ...setup, identity: node.identity ?? null });
}

/** The id of the surface request that waits for this node. */
export async function pendingRequest(operator: Client, node: Client): Promise<string | undefined> {
  const { pending } = (await operator.request("node.pair.list", {})).payload;
  return pending.find((entry: Json) => entry.nodeId === node.identity?.id)?.requestId;
}
