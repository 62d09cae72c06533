import {
  findForeignState,
  prepareStateDir,
  readStateFile,
  StoreError,
  updateStateFile,
  type StatePaths,
} from "@openclaw/config-store";
import type { DeviceIdentity, GatewayEndpoint } from "@openclaw/gateway-connection";
import { loadDeviceIdentity } from "../host/device-identity-file.ts";
import {
  formatGatewayTokens,
  parseGatewayTokens,
  tokenFor,
  withoutToken,
  withToken,
  type GatewayTokens,
} from "./gateway-tokens.ts";

/** Who the operator is to Gateways, and the device tokens that they gave. */
export interface OperatorHome {
  readonly identity: DeviceIdentity;
  readonly identityFile: string;
  tokenFor(endpoint: GatewayEndpoint): string | undefined;
  saveToken(endpoint: GatewayEndpoint, token: string, scopes: readonly string[]): Promise<void>;
  dropToken(endpoint: GatewayEndpoint): Promise<void>;
}

/** Opens the operator's identity and makes it at the first use. Throws a StoreError or `bad-identity`. */
export async function openOperatorHome(paths: StatePaths): Promise<OperatorHome> {
  const identityFile = operatorFile(paths);
  const identity = await loadDeviceIdentity(identityFile);
  // Beside the identity, which exists, so that its directory does too.
  const tokensFile = identityFile.replace(/\.json$/u, "-auth.json");
  const what = "operator's device tokens";
  const read = (): GatewayTokens => {
    const file = readStateFile(tokensFile, { what });
    return parseGatewayTokens(file.kind === "absent" ? undefined : file.text, identity.deviceId);
  };
  const change = async (edit: (tokens: GatewayTokens) => GatewayTokens): Promise<void> => {
    await updateStateFile(
      tokensFile,
      (text) => formatGatewayTokens(edit(parseGatewayTokens(text, identity.deviceId))),
      { what },
    );
  };
  return {
    identity,
    identityFile,
    tokenFor: (endpoint) => tokenFor(read(), endpoint),
    saveToken: async (endpoint, token, scopes) => {
      if (tokenFor(read(), endpoint) === token) return;
      await change((tokens) => withToken(tokens, endpoint, { token, scopes }, Date.now()));
    },
    dropToken: async (endpoint) => {
      if (tokenFor(read(), endpoint) !== undefined) await change((tokens) => withoutToken(tokens, endpoint));
    },
  };
}

/** In our state directory, or in the settings of the user when that directory is not ours to write. */
function operatorFile(paths: StatePaths): string {
  try {
    if (findForeignState(paths) !== undefined) return paths.operatorFileElsewhere;
    prepareStateDir(paths);
    return paths.operatorFile;
  } catch (error) {
    if (error instanceof StoreError) return paths.operatorFileElsewhere;
    throw error;
  }
}
