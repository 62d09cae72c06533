import { readRefusal, type GatewayEndpoint } from "@openclaw/gateway-connection";
import type { ErrorShape } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { duration } from "../output/time-ago.ts";
import type { GatewayChoice } from "./gateway-choice.ts";

/** What a refused connect means for the person who typed the command, and what to type next. */
export function describeConnectRefusal(
  error: ErrorShape,
  choice: Pick<GatewayChoice, "credentialFrom"> & { readonly endpoint: GatewayEndpoint },
): CliError {
  const { code, requestId, retryAfterMs } = readRefusal(error);
  const where = choice.endpoint.url;
  const message = printable(error.message);
  switch (code) {
    case "PAIRING_REQUIRED":
      return new CliError(
        "pairing-required",
        `the Gateway at ${where} does not know this operator yet: ${message}`,
        [
          requestId === undefined
            ? "on the Gateway's machine: openclaw devices list, then openclaw devices approve <request id>"
            : `on the Gateway's machine: openclaw devices approve ${printable(requestId)}`,
          "then run this command again; the request lives for 5 minutes",
        ],
      );
    case "AUTH_TOKEN_MISSING":
    case "AUTH_PASSWORD_MISSING":
    case "AUTH_REQUIRED":
      return new CliError(
        "no-credential",
        `the Gateway at ${where} wants a token or a password: ${message}`,
        CREDENTIAL_HINTS,
      );
    case "AUTH_TOKEN_MISMATCH":
    case "AUTH_DEVICE_TOKEN_MISMATCH":
    case "AUTH_PASSWORD_MISMATCH":
    case "AUTH_UNAUTHORIZED":
      return new CliError(
        "gateway-refused",
        `the Gateway at ${where} did not accept ${CREDENTIAL_NAMES[choice.credentialFrom]}: ${message}`,
        ["compare it with gateway.auth in the Gateway's own configuration"],
      );
    case "AUTH_SCOPE_MISMATCH":
      return new CliError(
        "gateway-refused",
        `the Gateway at ${where} granted this operator less than it asks for: ${message}`,
        [
          "use the Gateway's token (OPENCLAW_GATEWAY_TOKEN), or approve the operator's device anew on the Gateway's machine",
        ],
      );
    case "AUTH_RATE_LIMITED":
      return new CliError(
        "gateway-refused",
        `the Gateway at ${where} has locked this address after too many failed tries: ${message}`,
        [`try again in ${duration(retryAfterMs ?? 300_000)}`],
      );
    case "PROTOCOL_MISMATCH":
      return new CliError("gateway-refused", `the Gateway at ${where} speaks another protocol: ${message}`, [
        "update the older of the two",
      ]);
    default:
      return new CliError(
        "gateway-refused",
        `the Gateway at ${where} refused the connection: ${message} (${printable(code)})`,
      );
  }
}

/** What a person can do who has no credential at all. */
export const CREDENTIAL_HINTS: readonly string[] = [
  "set OPENCLAW_GATEWAY_TOKEN (or OPENCLAW_GATEWAY_PASSWORD) to the Gateway's own",
  "--token works as well, but other users of this machine can read it while the command runs",
];

const CREDENTIAL_NAMES: Readonly<Record<GatewayChoice["credentialFrom"], string>> = {
  argv: "the given token or password",
  environment: "the token or password of the environment",
  configuration: "the token or password of openclaw.json",
  none: "this operator's device token",
};
