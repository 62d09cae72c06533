import { StoreError, type StatePaths } from "@openclaw/config-store";
import { flag, stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { listenOption } from "../health/listen-address.ts";
import { typedCommands } from "../host/declared-commands.ts";
import { headerOptions, headerVariables, headerWords } from "../host/gateway-headers.ts";
import { trustOptions, trustWords } from "../host/gateway-trust.ts";
import { readNodeFile, type NodeFile } from "../host/node-file.ts";
import { planNewNode, planNodeFile, type SettledNode } from "../host/node-settings.ts";

/** What the service is to be started with. */
export interface NodeRunWords {
  /** From `node`, `run` on. */
  readonly words: readonly string[];
  /** The address of the Gateway; undefined when only the account that the host runs as can read it. */
  readonly url: string | undefined;
  readonly warning: string | undefined;
  /** Variables that hold values of headers: secrets of the service. */
  readonly variables: readonly string[];
}

/**
 * The arguments of `node run` for a service: what `node run` would connect to now, checked by the same code, and baked
 * in, so that the service does not change with the next try on the command line (service installer section 2).
 */
export function nodeRunWords(
  input: CommandInput,
  paths: StatePaths,
  env: Readonly<Record<string, string | undefined>>,
  foreignAccount: boolean,
): NodeRunWords {
  const checked = { ...input, options: withPort(input.options) };
  const saved = foreignAccount ? savedByOther(paths) : readNodeFile(paths.nodeFile);
  const logLevel = stringOption(input, "log-level");
  const tail = [
    ...pair("--node-id", stringOption(input, "node-id")?.trim()),
    ...pair("--display-name", stringOption(input, "display-name")?.trim()),
    ...pair("--commands", typedCommands(input)),
    ...(flag(input, "all-commands") ? ["--all-commands"] : []),
    ...pair("--listen", listenOption(input)?.text),
    ...pair("--log-level", logLevel),
  ];
  if (saved === "unreadable") {
    const { endpoint } = planNewNode(checked, env);
    // What is saved there is not known here: only what was typed may outrank it.
    return {
      words: ["node", "run", ...typedAddress(input), ...tail],
      url: stringOption(input, "host") === undefined ? undefined : endpoint.url,
      warning: endpoint.warning,
      variables: headerVariables(headerOptions(input)),
    };
  }
  const { node, endpoint } = planNodeFile(paths.nodeFile, checked, env);
  return {
    words: ["node", "run", ...settledAddress(node.gateway, input), ...tail],
    url: endpoint.url,
    warning: endpoint.warning,
    variables: headerVariables(node.gateway.headers),
  };
}

function settledAddress(gateway: SettledNode["node"]["gateway"], input: CommandInput): readonly string[] {
  const pathGiven = stringOption(input, "context-path") !== undefined;
  return [
    "--host",
    gateway.host,
    "--port",
    String(gateway.port),
    gateway.tls ? "--tls" : "--no-tls",
    ...trustWords(gateway),
    ...headerWords(gateway.headers),
    ...pair("--context-path", gateway.contextPath ?? (pathGiven ? "/" : undefined)),
  ];
}

function typedAddress(input: CommandInput): readonly string[] {
  return [
    ...pair("--host", stringOption(input, "host")?.trim()),
    ...pair("--port", stringOption(input, "port")),
    ...(flag(input, "tls") ? ["--tls"] : flag(input, "no-tls") ? ["--no-tls"] : []),
    ...trustWords(trustOptions(input)),
    ...headerWords(headerOptions(input)),
    ...pair("--context-path", stringOption(input, "context-path")?.trim()),
  ];
}

/** Files of another account are that account's business; root does not read them either. */
function savedByOther(paths: StatePaths): NodeFile | undefined | "unreadable" {
  try {
    return readNodeFile(paths.nodeFile);
  } catch (error) {
    if (error instanceof StoreError && (error.code === "foreign-owner" || error.code === "unreadable"))
      return "unreadable";
    throw error;
  }
}

/** The port is a text for this command's parser, so that a wrong one gets this command's answer. */
function withPort(options: CommandInput["options"]): CommandInput["options"] {
  const { port, ...rest } = options;
  if (port === undefined) return rest;
  const number = typeof port === "string" && /^\d{1,5}$/u.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return { ...rest, port: number };
  // The recorded words.
  throw new CliError("bad-option", "Invalid --port. Use a port number from 1 to 65535, for example 18789.");
}

/** An empty or dashed value would be read as another option. */
function pair(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.startsWith("-") ? [`${name}=${value}`] : [name, value];
}
