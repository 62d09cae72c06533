import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { loadDeviceIdentity } from "../host/device-identity-file.ts";
import { readNodeFile } from "../host/node-file.ts";
import { claimStateDir, statePathsFor } from "../state.ts";

/** `openclaw node identity`: who this machine is to a Gateway. Makes the identity when there is none. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const paths = statePathsFor(input, io);
  claimStateDir(paths);
  const identity = await loadDeviceIdentity(paths.deviceFile);
  const node = readNodeFile(paths.nodeFile);
  if (flag(input, "json")) {
    const document = {
      ok: true,
      deviceId: identity.deviceId,
      publicKey: identity.publicKey,
      instanceId: node?.nodeId ?? null,
      displayName: node?.displayName ?? null,
      identityFile: paths.deviceFile,
    };
    io.stdout.write(`${JSON.stringify(document)}\n`);
    return EXIT.ok;
  }
  io.stdout.write(
    [
      `Node id:      ${identity.deviceId}`,
      `              (this is the device id; the Gateway knows the node by it)`,
      `Public key:   ${identity.publicKey}`,
      `Instance id:  ${node?.nodeId ?? "none yet; made by the first `openclaw node run`"}`,
      ...(node?.displayName === undefined ? [] : [`Display name: ${node.displayName}`]),
      `Identity:     ${paths.deviceFile}`,
      "",
    ].join("\n"),
  );
  return EXIT.ok;
}
