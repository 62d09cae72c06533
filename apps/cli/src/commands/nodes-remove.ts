import { devicePairListSchema } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { findNode, nodeQuery } from "../operator/find-node.ts";
import { parseAnswer, withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, shortId } from "../output/screen.ts";

/** `openclaw nodes remove`: takes the approval of a node's commands back. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const query = nodeQuery(input);
  const { nodeId, answer, deviceStays } = await withGateway(input, io, async (gateway) => {
    const node = await findNode(gateway, query);
    if (!gateway.has("node.pair.remove")) throw notSupported(gateway, node.nodeId);
    const { nodeId: id } = node;
    const removed = await gateway.call("node.pair.remove", { nodeId: id });
    return { nodeId: id, answer: removed, deviceStays: await isPaired(gateway, id) };
  });
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else {
    const screen = screenFor(input, io);
    screen.line(`Removed paired node ${nodeId}`);
    screen.line(
      deviceStays
        ? `Its device stays paired; openclaw devices remove ${shortId(nodeId)} takes that back too.`
        : "It must be paired anew before it can connect again.",
    );
  }
  return EXIT.ok;
}

/** The newest Gateways remove the device as well. */
async function isPaired(gateway: OperatorGateway, nodeId: string): Promise<boolean> {
  const answer = await gateway.call("device.pair.list", {});
  const { paired } = parseAnswer(devicePairListSchema, answer, "device.pair.list");
  return paired.some(({ deviceId }) => deviceId === nodeId);
}

function notSupported(gateway: OperatorGateway, nodeId: string): CliError {
  return new CliError(
    "not-supported",
    "this Gateway cannot remove nodes (it has no node.pair.remove)",
    gateway.has("device.pair.remove")
      ? [`openclaw devices remove ${shortId(nodeId)} removes the whole device`]
      : ["stop the node host on that machine, and update the Gateway"],
  );
}
