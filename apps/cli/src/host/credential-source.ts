import {
  gatewayCredentials,
  readConfig,
  readStateFile,
  updateStateFile,
  type StatePaths,
} from "@openclaw/config-store";
import {
  formatDeviceTokens,
  parseDeviceTokens,
  withDeviceToken,
  withoutDeviceToken,
  type ConnectCredential,
  type CredentialSource,
  type DeviceTokens,
} from "@openclaw/gateway-connection";
import type { Role } from "@openclaw/protocol";

/** The credentials of a running host. */
export interface HostCredentials extends CredentialSource {
  /** Like `dropDeviceToken`, but throws when the token cannot be taken out of its file. */
  forgetDeviceToken(): Promise<void>;
}

/** Credentials from environment and configuration, the device token from its file; read again for each attempt. */
export function credentialSource(
  paths: StatePaths,
  env: Readonly<Record<string, string | undefined>>,
  role: Role,
  deviceId: string,
  /** Every secret that is read lands here, so that no log shows one. */
  secrets: Set<string>,
  onProblem: (message: string) => void,
): HostCredentials {
  const remember = (secret: string | undefined): string | undefined => {
    if (secret !== undefined) secrets.add(secret);
    return secret;
  };
  const told = new Map<string, string>();
  /** What fails while the host runs is told once and costs no working node its link: a full disk, a half-edited file. */
  const orTell = async <T>(what: string, act: () => T | Promise<T>, otherwise: T): Promise<T> => {
    try {
      const result = await act();
      told.delete(what);
      return result;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (told.get(what) !== problem) onProblem(problem);
      told.set(what, problem);
      return otherwise;
    }
  };
  let last: ConnectCredential = {};
  const tokens = (): DeviceTokens => {
    const file = readStateFile(paths.deviceAuthFile, { what: "device tokens" });
    return parseDeviceTokens(file.kind === "absent" ? undefined : file.text, deviceId);
  };
  const change = async (edit: (tokens: DeviceTokens) => DeviceTokens): Promise<void> => {
    await updateStateFile(paths.deviceAuthFile, (text) =>
      formatDeviceTokens(edit(parseDeviceTokens(text, deviceId))),
    );
  };
  const forget = async (): Promise<void> => {
    if (tokens().tokens[role] !== undefined) await change((before) => withoutDeviceToken(before, role));
  };
  return {
    forgetDeviceToken: forget,
    async configured() {
      last = await orTell<ConnectCredential>(
        "configured",
        () => {
          const found = gatewayCredentials(readConfig(paths, env), env);
          const token = remember(found.token);
          const password = remember(found.password);
          return token !== undefined ? { token } : password !== undefined ? { password } : {};
        },
        last,
      );
      return last;
    },
    async deviceToken() {
      return await orTell("device token", () => remember(tokens().tokens[role]?.token), undefined);
    },
    async saveDeviceToken(token, scopes) {
      remember(token);
      await orTell(
        "save",
        async () => {
          if (tokens().tokens[role]?.token === token) return;
          await change((before) => withDeviceToken(before, role, token, scopes, Date.now()));
        },
        undefined,
      );
    },
    async dropDeviceToken() {
      await orTell("drop", forget, undefined);
    },
  };
}

/** After a pairing by code the device token is what counts: the environment's token may be another Gateway's. */
export function deviceTokenFirst(credentials: CredentialSource): CredentialSource {
  return {
    ...credentials,
    async configured() {
      // Read in any case, so that no log and no run shows it.
      const configured = await credentials.configured();
      return ((await credentials.deviceToken()) ?? "") === "" ? configured : {};
    },
  };
}
