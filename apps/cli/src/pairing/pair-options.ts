import { endpointFromUrl } from "@openclaw/gateway-connection";
import { listOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import type { SetupCode } from "./setup-code.ts";

const CODE_OPTIONS: readonly string[] = ["pair", "pair-file"];
/** What the code says itself. */
const NAMED_BY_CODE = ["host", "port", "tls", "no-tls", "context-path"] as const;

/** The command line without the code: for everything that follows the pairing. */
export function withoutCode(input: CommandInput): CommandInput {
  const kept = Object.entries(input.options).filter(([name]) => !CODE_OPTIONS.includes(name));
  return { ...input, options: Object.fromEntries(kept) };
}

/** Throws CliError `bad-option` where the command line names another Gateway than the code may. */
export function checkPairOptions(input: CommandInput): void {
  const named = NAMED_BY_CODE.find((name) => name in input.options);
  if (named === undefined) return;
  throw new CliError("bad-option", `the pairing code says where the Gateway is; leave --${named} out`);
}

/** The options that mean the Gateway of one of the code's addresses. */
export function optionsFor(
  input: CommandInput,
  url: string,
  { tlsFingerprint }: SetupCode,
  env: Readonly<Record<string, string | undefined>>,
): CommandInput {
  const endpoint = endpointFromUrl(url, {}, env);
  const { options } = withoutCode(input);
  const typed = listOption(input, "tls-fingerprint").join();
  if (tlsFingerprint !== undefined && typed !== "" && !bareHex(typed).includes(tlsFingerprint)) {
    throw new CliError("bad-option", "--tls-fingerprint is another one than the pairing code names", [
      "compare both with the Gateway's own certificate",
    ]);
  }
  return {
    ...input,
    options: {
      ...options,
      host: endpoint.host,
      port: endpoint.port,
      [endpoint.secure ? "tls" : "no-tls"]: true,
      "context-path": new URL(endpoint.url).pathname,
      ...(tlsFingerprint === undefined || typed !== "" ? {} : { "tls-fingerprint": tlsFingerprint }),
    },
  };
}

function bareHex(text: string): string {
  return text.toLowerCase().replace(/[^0-9a-f,]/gu, "");
}
