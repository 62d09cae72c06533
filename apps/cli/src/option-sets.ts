import type { OptionSpec } from "./command.ts";

/** Options that every command takes. */
export const GLOBAL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  profile: { type: "string", value: "name", describe: "use the state profile ~/.openclaw-<name>" },
  dev: { type: "boolean", describe: "use the state profile `dev`" },
  "log-level": {
    type: "string",
    value: "level",
    choices: ["debug", "info", "warn", "error"],
    describe: "how much to log",
  },
  "no-color": { type: "boolean", describe: "plain output (also NO_COLOR=1)" },
};

export const JSON_OPTION: Readonly<Record<string, OptionSpec>> = {
  json: { type: "boolean", describe: "one JSON document on standard output" },
};

/** Which server is the right one, for whatever connects to a Gateway. */
const TRUST_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  "tls-fingerprint": {
    type: "string",
    value: "pin",
    repeat: true,
    describe: "accept only this certificate (SHA-256) or key (sha256//BASE64); repeat for a renewal",
  },
  "tls-ca": { type: "string", value: "file", describe: "accept only what these authorities signed (PEM)" },
};

const HEADER_OPTION: Readonly<Record<string, OptionSpec>> = {
  header: {
    type: "string",
    value: "name=env:VARIABLE|name=file:path",
    repeat: true,
    describe: "one more header for a proxy in front of the Gateway",
  },
};

/** Some options of a set, for a command that has only those. */
export function pickOptions(
  set: Readonly<Record<string, OptionSpec>>,
  names: readonly string[],
): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(Object.entries(set).filter(([name]) => names.includes(name)));
}

/** Those of the options below that say which Gateway it is: one of them sets what is saved aside. */
export const ADDRESS_OPTIONS = [
  "host",
  "port",
  "tls",
  "no-tls",
  "tls-fingerprint",
  "tls-ca",
  "context-path",
] as const;

/** Where the Gateway is, for `node run` and `node install`. */
export const NODE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  host: {
    type: "string",
    value: "host",
    describe: "Gateway host name or address (default: saved, else 127.0.0.1)",
  },
  port: { type: "number", value: "port", describe: "Gateway port (default: saved, else 18789)" },
  tls: { type: "boolean", describe: "connect with TLS" },
  "no-tls": { type: "boolean", describe: "connect without TLS, also when TLS was saved" },
  ...TRUST_OPTIONS,
  ...HEADER_OPTION,
  "context-path": { type: "string", value: "path", describe: "path of the Gateway behind a reverse proxy" },
  "node-id": {
    type: "string",
    value: "id",
    describe: "set the instance id in node.json; clears the pairing token",
  },
  listen: {
    type: "string",
    value: "address",
    describe: "serve health and metrics there: 127.0.0.1:9478, or the path of a Unix socket",
  },
  "display-name": { type: "string", value: "name", describe: "name that operators see (default: host name)" },
  commands: {
    type: "string",
    value: "names",
    repeat: true,
    describe: "offer only these to the Gateway, with commas in between (default: saved, else all)",
  },
  "all-commands": { type: "boolean", describe: "offer everything again; forgets a saved --commands" },
};

/** How this machine joins a Gateway by a code, for `node run` and `node install`. */
export const PAIR_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  pair: {
    type: "string",
    value: "code",
    describe: "pair by a setup code or join URL; - reads it from standard input",
  },
  "pair-file": { type: "string", value: "file", describe: "the same, with the code in a file" },
};

/** How operator commands reach a Gateway. */
export const GATEWAY_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  url: { type: "string", value: "url", describe: "Gateway url, ws://host:port or wss://host:port" },
  token: {
    type: "string",
    value: "token",
    describe: "Gateway token (others can read arguments; OPENCLAW_GATEWAY_TOKEN is safer)",
  },
  password: {
    type: "string",
    value: "password",
    describe: "Gateway password (OPENCLAW_GATEWAY_PASSWORD is safer)",
  },
  ...TRUST_OPTIONS,
  ...HEADER_OPTION,
  timeout: { type: "number", value: "ms", describe: "how long to wait for the Gateway (default: 10000)" },
  ...JSON_OPTION,
};
