import { invalidRequest, pairingChanged, unavailable, type Answer } from "./answers.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { isPolicyCommand, platformAllows, platformName } from "./platform-commands.ts";

/** Commands that carry a risk of their own: only a Gateway's configuration lets them through. */
const OPT_IN = [
  "camera.snap",
  "camera.clip",
  "screen.record",
  "contacts.add",
  "calendar.add",
  "reminders.add",
  "sms.send",
];

/** The refusal when this node may not be asked for this command now; undefined when it may. */
export function gateRefusal(parts: GatewayParts, nodeId: string, command: string): Answer | undefined {
  const newest = parts.rules.era === "2026.9";
  const approved = parts.surfaces.approved(nodeId) !== undefined;
  if (newest && !approved) return pairingChanged("while invocation was active");
  const session = parts.nodes.node(nodeId);
  if (session === undefined) return notConnected(newest);
  return commandRefusal(parts, nodeId, command);
}

function notConnected(newest: boolean): Answer {
  const nodeError = { code: "NOT_CONNECTED", message: "node not connected" };
  return unavailable(nodeError.message, {
    code: nodeError.code,
    ...(newest ? { nodeError, nodeCommandDispatched: false } : {}),
  });
}

function commandRefusal(parts: GatewayParts, nodeId: string, command: string): Answer | undefined {
  const { rules } = parts;
  const session = parts.nodes.node(nodeId);
  if (session === undefined || session.commands.includes(command)) return undefined;
  const refuse = (text: string, reason: string): Answer =>
    invalidRequest(`node command not allowed${rules.refusalExplained ? `: ${text}` : ""}`, {
      reason,
      command,
    });
  const name = platformName(session.declared, rules);
  const platform = name === "unknown" ? session.declared.platform : name;
  if (rules.optInNamed && OPT_IN.includes(command)) {
    const text = `"${command}" requires explicit gateway.nodes.commands.allow opt-in`;
    return refuse(text, "command not allowlisted");
  }
  // With live approval a node that nobody approved may be asked for nothing at all.
  const unapproved = rules.surfaceApproval === "live" && parts.surfaces.approved(nodeId) === undefined;
  if (unapproved || !platformAllows(session.declared, command, rules)) {
    const text = `"${command}" is not in the allowlist for platform "${platform}"`;
    return refuse(text, "command not allowlisted");
  }
  if (session.commands.length === 0) {
    const text = "the node did not declare any supported commands";
    return refuse(text, "node did not declare commands");
  }
  const text = `the node (platform: ${platform}) does not support "${command}"`;
  return refuse(text, "command not declared by node");
}

/** Whether the policy of a node can be read: declared, and in the newest era approved as well. */
export function policyRefusal(parts: GatewayParts, nodeId: string, command: string): Answer | undefined {
  const session = parts.nodes.node(nodeId);
  if (session === undefined || session.commands.includes(command)) return undefined;
  const declared = session.declared.commands.includes(command);
  if (declared && isPolicyCommand(command) && !parts.rules.policyInSurface) return undefined;
  if (parts.rules.era !== "2026.9") return commandRefusal(parts, nodeId, command);
  const reason = declared ? "command not allowlisted" : "command not declared by node";
  const text = `node command not allowed: ${command} (${reason})`;
  return invalidRequest(text, { command, reason });
}
