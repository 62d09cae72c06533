import { hostname } from "node:os";
import {
  ConnectionError,
  DEFAULT_GATEWAY_PORT,
  endpointFromParts,
  readCaFile,
  type GatewayEndpoint,
  type TlsInput,
} from "@openclaw/gateway-connection";
import { flag, numberOption, stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { headerOptions } from "./gateway-headers.ts";
import { trustOptions } from "./gateway-trust.ts";
import { chosenCommands } from "./declared-commands.ts";
import { ADDRESS_OPTIONS } from "../option-sets.ts";
import {
  newNodeFile,
  readNodeFile,
  updateNodeFile,
  type GatewayAddress,
  type NodeFile,
} from "./node-file.ts";

export interface SettledNode {
  readonly node: NodeFile & { readonly gateway: GatewayAddress };
  readonly endpoint: GatewayEndpoint;
  /** The Gateway or the instance id is another one than before: stored tokens do not belong to it. */
  readonly tokensAreForeign: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `node.json` will say: options over saved values over defaults. Writes nothing, and throws when that names
 * no Gateway that we would connect to: a slip of the keyboard costs no saved value.
 */
export function planNodeFile(path: string, input: CommandInput, env: Environment): SettledNode {
  checkOptions(input);
  const before = readNodeFile(path);
  try {
    return settle(before ?? newNodeFile(), input, env);
  } catch (error) {
    const saved = before?.gateway !== undefined && !ADDRESS_OPTIONS.some((name) => name in input.options);
    if (!saved || !(error instanceof ConnectionError)) throw error;
    // Nobody typed it just now: say where it stands.
    throw new CliError("bad-node-file", `\`${path}\` names a Gateway that cannot be used: ${error.message}`, [
      "give --host, --port, --tls or --tls-fingerprint once to replace what is saved",
    ]);
  }
}

/** The same for a node of which nothing is saved, or nothing can be read. */
export function planNewNode(input: CommandInput, env: Environment): SettledNode {
  checkOptions(input);
  return settle(newNodeFile(), input, env);
}

/** The same, written. Tokens that are foreign must be gone before: a crash in between would make them look our own. */
export async function settleNodeFile(
  path: string,
  input: CommandInput,
  env: Environment,
): Promise<SettledNode> {
  checkOptions(input);
  const { tlsCa } = trustOptions(input);
  // A slip of the keyboard is not saved; what is saved already is read at each attempt, and may come back.
  if (tlsCa !== undefined && tlsCa !== readNodeFile(path)?.gateway?.tlsCa) await readCaFile(tlsCa);
  let settled: SettledNode | undefined;
  await updateNodeFile(path, (before) => {
    settled = settle(before, input, env);
    return settled.node;
  });
  if (settled === undefined) throw new CliError("bad-node-file", `\`${path}\` was not written`);
  return settled;
}

function settle(before: NodeFile, input: CommandInput, env: Environment): SettledNode {
  const gateway = addressFrom(input, before.gateway);
  const endpoint = endpointFromParts(gateway, env);
  const nodeId = stringOption(input, "node-id")?.trim() ?? before.nodeId;
  // Where no Gateway is saved nobody knows whose a stored token is.
  const sameGateway = before.gateway !== undefined && placeOf(before.gateway)?.url === placeOf(gateway)?.url;
  const tokensAreForeign = nodeId !== before.nodeId || !sameGateway;
  const commands = chosenCommands(input, before.commands);
  const { token, approvedCommands, pairedByCode, commands: _commands, ...rest } = before;
  const node = {
    ...rest,
    ...(token === undefined || tokensAreForeign ? {} : { token }),
    nodeId,
    displayName: stringOption(input, "display-name")?.trim() ?? before.displayName ?? hostname(),
    ...(commands === undefined ? {} : { commands }),
    // Another Gateway has neither taken a code nor approved anything yet.
    ...(pairedByCode === undefined || tokensAreForeign ? {} : { pairedByCode }),
    ...(approvedCommands === undefined || tokensAreForeign ? {} : { approvedCommands }),
    gateway,
  };
  return { node, endpoint, tokensAreForeign };
}

function addressFrom(input: CommandInput, saved: GatewayAddress | undefined): GatewayAddress {
  const host = stringOption(input, "host")?.trim() ?? saved?.host ?? "127.0.0.1";
  const given = trustOptions(input);
  const noTls = flag(input, "no-tls");
  // Trust belongs to one server: it is kept only while the host stays the same.
  const sameHost = saved !== undefined && placeOf(saved)?.host === placeOf({ ...saved, host })?.host;
  const kept = sameHost && !noTls ? saved : NO_TRUST;
  const { tlsFingerprint, tlsPins } = "tlsFingerprint" in given ? given : kept;
  const trust = { tlsFingerprint, tlsPins, tlsCa: given.tlsCa ?? kept.tlsCa };
  const implied = tlsFingerprint !== undefined || tlsPins !== undefined || trust.tlsCa !== undefined;
  const contextPath = stringOption(input, "context-path")?.trim() ?? saved?.contextPath;
  return {
    ...saved,
    host,
    port: numberOption(input, "port") ?? saved?.port ?? DEFAULT_GATEWAY_PORT,
    tls: flag(input, "tls") || implied || (!noTls && (saved?.tls ?? false)),
    ...trust,
    headers: headerOptions(input) ?? (sameHost ? saved.headers : undefined),
    contextPath: contextPath === "" || contextPath === "/" ? undefined : contextPath,
  };
}

const NO_TRUST: TlsInput = {};

/** The address as a URL writes it, whatever TLS is: two spellings of one place are one place. */
function placeOf(address: GatewayAddress): GatewayEndpoint | undefined {
  try {
    const { host, port, contextPath } = address;
    return endpointFromParts({ host, port, contextPath, tls: true });
  } catch {
    return undefined;
  }
}

const MAX_NAME_CHARS = 200;

function checkOptions(input: CommandInput): void {
  const port = numberOption(input, "port");
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new CliError("bad-option", "invalid --port: use a port number from 1 to 65535, for example 18789");
  }
  if (flag(input, "tls") && flag(input, "no-tls")) {
    throw new CliError("bad-option", "--tls and --no-tls contradict each other; give one of them");
  }
  for (const name of ["tls-fingerprint", "tls-ca"]) {
    if (flag(input, "no-tls") && name in input.options)
      throw new CliError("bad-option", `--${name} needs TLS; leave --no-tls out`);
  }
  for (const name of ["node-id", "display-name"]) {
    const value = stringOption(input, name);
    if (value === undefined) continue;
    if (value.trim() === "" || value.length > MAX_NAME_CHARS || /\p{Cc}/u.test(value)) {
      throw new CliError("bad-option", `invalid --${name}: use 1 to ${MAX_NAME_CHARS} printable characters`);
    }
  }
}
