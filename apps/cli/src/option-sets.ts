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
  "tls-fingerprint": {
    type: "string",
    value: "sha256",
    describe: "accept only this certificate (implies --tls)",
  },
  "context-path": { type: "string", value: "path", describe: "path of the Gateway behind a reverse proxy" },
  "node-id": {
    type: "string",
    value: "id",
    describe: "set the instance id in node.json; clears the pairing token",
  },
  "display-name": { type: "string", value: "name", describe: "name that operators see (default: host name)" },
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
  "tls-fingerprint": { type: "string", value: "sha256", describe: "accept only this certificate" },
  timeout: { type: "number", value: "ms", describe: "how long to wait for the Gateway (default: 10000)" },
  ...JSON_OPTION,
};
