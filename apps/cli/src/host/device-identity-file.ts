import { readStateFile, updateStateFile } from "@openclaw/config-store";
import { createDeviceIdentity, parseDeviceIdentity, type DeviceIdentity } from "@openclaw/gateway-connection";

/** Reads the identity, or makes one under the file's lock, so that two processes never make two. */
export async function loadDeviceIdentity(path: string, now: number = Date.now()): Promise<DeviceIdentity> {
  const existing = readDeviceIdentity(path);
  if (existing !== undefined) return existing;
  let text = "";
  await updateStateFile(path, (content) => {
    text = content ?? createDeviceIdentity(now).fileText;
    return content === undefined ? text : undefined;
  });
  return parseDeviceIdentity(text, path);
}

export function readDeviceIdentity(path: string): DeviceIdentity | undefined {
  const file = readStateFile(path, { what: "device identity" });
  return file.kind === "absent" ? undefined : parseDeviceIdentity(file.text, path);
}
