import { nodeInfoSchema, parseWith } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { nodeLabel } from "../operator/find-node.ts";
import { withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { resolveNodeRequest, type ResolvedRequest } from "../operator/resolve-request.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, type Screen } from "../output/screen.ts";

/** `openclaw nodes approve`: lets a device become a node, or a node offer its commands. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const requestId = input.positionals["requestId"] ?? "";
  return await withGateway(input, io, async (gateway) => {
    const resolved = await resolveNodeRequest(gateway, "approve", requestId);
    if (flag(input, "json")) io.stdout.write(jsonLine(resolved.answer));
    else show(screenFor(input, io), gateway, resolved);
    return EXIT.ok;
  });
}

function show(screen: Screen, gateway: OperatorGateway, { kind, answer, device }: ResolvedRequest): void {
  if (device !== undefined) {
    screen.line(`Approved the device ${nodeLabel({ ...device, nodeId: device.deviceId })}.`);
    // Gateways that ask about command surfaces are those that can remove a device.
    screen.line(
      gateway.has("device.pair.remove")
        ? "Next: the node connects again by itself; then its commands need approval, see openclaw nodes pending."
        : "The node connects again by itself and is ready then.",
    );
    return;
  }
  const found: unknown = Reflect.get(Object(answer), "node");
  const node = parseWith(nodeInfoSchema, found, "node");
  if (kind === "surface" && node.ok) {
    screen.line(`Approved ${nodeLabel(node.value)}.`);
    screen.words("It may now be asked for:", node.value.commands);
  } else screen.line("Approved.");
  // Of those that ask, the first ones tell a node nothing until it connects anew. Source: protocol section 4.1.
  if (!gateway.has("node.pair.remove"))
    screen.line("On this Gateway that takes effect when the node connects the next time.");
}
