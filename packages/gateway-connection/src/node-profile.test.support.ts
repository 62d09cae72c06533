import { X509Certificate } from "node:crypto";
import type { ClientProfile } from "./connect-frame.ts";
import { createDeviceIdentity, type DeviceIdentity } from "./device-identity.ts";
import { ConnectionError } from "./errors.ts";

export const NODE_PROFILE: ClientProfile = {
  id: "node-host",
  mode: "node",
  role: "node",
  version: "1.2.3",
  platform: "linux",
  deviceFamily: "Linux",
  displayName: "a box",
  instanceId: "34e33c07-dfa2-4bd7-9a25-27768aca0bb1",
  scopes: [],
  caps: ["system"],
  commands: ["system.run", "system.which"],
  pathEnv: "/usr/bin:/bin",
};

export const IDENTITY: DeviceIdentity = createDeviceIdentity(0).identity;

/** The fingerprint of a PEM certificate, as a pin. */
export function pinOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(":", "").toLowerCase();
}

/** The error of a promise that must fail with one of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<ConnectionError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

/** How many sockets this process holds; its timers are partly those of the test runner. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => /Socket|TCP|TLS/u.test(kind)).length;
}
