// Who comes to a development Gateway in tests: a node, an operator, and the credentials of both, which stay as they are.
import type {
  ClientProfile,
  ConnectCredential,
  CredentialSource,
  Session,
} from "@openclaw/gateway-connection";
import { TOKEN } from "./link-reactions.test.support.ts";

const BASE = { version: "1.0.0", platform: "linux", deviceFamily: "Linux" } as const;

export const OPERATOR: ClientProfile = {
  ...BASE,
  id: "cli",
  mode: "cli",
  role: "operator",
  caps: [],
  scopes: ["operator.admin", "operator.pairing", "operator.read", "operator.write"],
};

export const NODE: ClientProfile = {
  ...BASE,
  id: "node-host",
  mode: "node",
  role: "node",
  scopes: [],
  caps: ["system"],
  commands: ["system.run", "system.run.prepare", "system.which"],
};

export const FIXED_CREDENTIALS: CredentialSource = {
  configured: async (): Promise<ConnectCredential> => ({ token: TOKEN }),
  deviceToken: async (): Promise<undefined> => undefined,
  saveDeviceToken: async (): Promise<void> => undefined,
  dropDeviceToken: async (): Promise<void> => undefined,
};

/** Approves the commands of every node that waits for it. */
export async function approveNodes(operator: Session): Promise<void> {
  const { pending } = (await operator.request("node.pair.list", {})) as {
    readonly pending: readonly { readonly requestId: string }[];
  };
  for (const { requestId } of pending) {
    // oxlint-disable-next-line no-await-in-loop -- as an operator does it, one after the other
    await operator.request("node.pair.approve", { requestId });
  }
}
