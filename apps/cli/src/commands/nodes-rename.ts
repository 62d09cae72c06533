import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { findNode, nodeQuery } from "../operator/find-node.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw nodes rename`: the name under which operators see a node. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const query = nodeQuery(input);
  const displayName = stringOption(input, "name")?.trim() ?? "";
  if (displayName === "") throw new CliError("usage", "which name? give it with --name");
  const { nodeId, answer } = await withGateway(input, io, async (gateway) => {
    const node = await findNode(gateway, query);
    try {
      const renamed = await gateway.call("node.rename", { nodeId: node.nodeId, displayName });
      return { nodeId: node.nodeId, answer: renamed };
    } catch (error) {
      if (!(error instanceof CliError) || !/unknown nodeId/u.test(error.message)) throw error;
      // Source: protocol section 5: a name belongs to the record of an approved command surface.
      throw new CliError(
        "gateway-refused",
        "this Gateway keeps names only of nodes whose commands it approved",
        ["the name also comes from the node itself: openclaw node run --display-name <name>"],
        { cause: error },
      );
    }
  });
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else screenFor(input, io).line(`node rename ok: ${nodeId} -> ${displayName}`);
  return EXIT.ok;
}
