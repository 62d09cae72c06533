import {
  gatewayCredentials,
  readConfig,
  readStateFile,
  StoreError,
  type StatePaths,
} from "@openclaw/config-store";
import { parseDeviceTokens } from "@openclaw/gateway-connection";
import { check, found, notReached, type Check } from "./doctor-check.ts";
import type { SavedFacts } from "./saved-facts.ts";
import type { StatusReport } from "./status-report.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface AccessQuestion {
  readonly report: StatusReport;
  readonly saved: SavedFacts;
  readonly env: Environment;
  /** The rung that failed on the way to the Gateway, if one did. */
  readonly blockedBy: string | undefined;
}

/** What the Gateway thinks of this node. Only a running host can know; doctor itself shows no credential to anybody. */
export function accessChecks(question: AccessQuestion): readonly Check[] {
  return [credentialCheck(question), pairingCheck(question), surfaceCheck(question)];
}

function credentialCheck({ report, saved, env }: AccessQuestion): Check {
  const link = report.host?.link;
  if (link?.cause === "credentials")
    return found("credential-refused", link.why ?? "the Gateway refused what the host showed");
  if (link?.phase === "ready")
    return check("credentials", "ok", "the Gateway has taken what the host showed");
  const sources = credentialSources(report, saved, env);
  if (sources.length > 0) return check("credentials", "ok", `there is ${sources.join(", and ")}`);
  // Who has not begun yet is not in trouble.
  const level = saved.gateway === undefined && report.service.command === undefined ? "note" : "warning";
  return found("no-credential", "no token, no password and no device token", { level });
}

function credentialSources(
  { paths, service }: StatusReport,
  { deviceId }: SavedFacts,
  env: Environment,
): readonly string[] {
  const sources: string[] = [];
  const { source } = orNothing(() => gatewayCredentials(readConfig(paths, env), env)) ?? { source: "none" };
  if (source === "environment") sources.push("a secret in this shell's environment");
  else if (source !== "none") sources.push(`a secret in \`${source}\` of the configuration`);
  const secrets = Object.keys(service.command?.environmentValueSources ?? {});
  if (secrets.some((name) => /^OPENCLAW_GATEWAY_(?:TOKEN|PASSWORD)$/u.test(name)))
    sources.push("a secret of the service");
  if (deviceId !== undefined && hasDeviceToken(paths, deviceId))
    sources.push("a device token from a Gateway");
  return sources;
}

function hasDeviceToken(paths: StatePaths, deviceId: string): boolean {
  const tokens = orNothing(() => {
    const file = readStateFile(paths.deviceAuthFile, { what: "device tokens" });
    return parseDeviceTokens(file.kind === "absent" ? undefined : file.text, deviceId);
  });
  return tokens?.tokens["node"] !== undefined;
}

/** What cannot be read has a check of its own. */
function orNothing<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof StoreError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function pairingCheck({ report, saved, blockedBy }: AccessQuestion): Check {
  const { host, connection, paths } = report;
  const link = host?.link;
  if (link?.phase === "ready") return check("pairing", "ok", "the Gateway has accepted this machine");
  if (link?.cause === "pairing" || link?.requestId !== undefined)
    return found("not-paired", connection?.text ?? "waiting to be paired", {
      level: "warning",
      command: connection?.onGateway,
      on: "gateway",
    });
  if (saved.deviceId !== undefined && hasDeviceToken(paths, saved.deviceId))
    return check("pairing", "ok", "a Gateway has accepted this machine before");
  return notReached("pairing", whyNot(host !== undefined, blockedBy));
}

function surfaceCheck({ report, blockedBy }: AccessQuestion): Check {
  const { host, connection } = report;
  if (host?.link?.phase !== "ready") return notReached("surface", whyNot(host !== undefined, blockedBy));
  const { stage = "unknown", added, requestId } = host.surface ?? {};
  const which = added === undefined ? "the commands of this node" : added.join(", ");
  switch (stage) {
    case "approved":
    case "not-needed":
      return check("surface", "ok", stage === "approved" ? "approved" : "this Gateway needs no approval");
    case "rejected":
      return found("commands-rejected", `the operator rejected ${which}`, {
        level: added === undefined ? "error" : "warning",
      });
    case "not-asked":
      return found("commands-not-asked", `not approved: ${which}`, {
        level: "warning",
        command: `openclaw devices remove ${host.deviceId ?? "<device id>"}`,
        on: "gateway",
      });
    case "pending":
      if (requestId === undefined) return check("surface", "note", "not known to be approved yet");
      return found("commands-pending", `not approved yet: ${which}`, {
        level: "warning",
        command: connection?.onGateway,
        on: "gateway",
      });
    default:
      return check("surface", "note", "this Gateway has not told yet");
  }
}

function whyNot(running: boolean, blockedBy: string | undefined): string {
  if (blockedBy !== undefined) return `\`${blockedBy}\` is in the way`;
  return running ? "the host is not connected" : "no host runs here";
}
