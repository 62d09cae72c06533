import { nodeListSchema, nodePairListSchema, type NodeInfo, type NodePairList } from "@openclaw/protocol";
import { stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { shortId } from "../output/screen.ts";
import { cutText } from "../output/text-width.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { chooseNode, type NamedNode } from "./node-choice.ts";
import { parseAnswer, type OperatorGateway } from "./operator-gateway.ts";

/** What a person typed to name a node: `--node`, or the word after the command. */
export function nodeQuery(input: CommandInput): string {
  const option = stringOption(input, "node");
  const word = input.positionals["target"];
  if (option !== undefined && word !== undefined) {
    throw new CliError("usage", `the node is named twice: --node ${option} and \`${word}\``, [
      "a command for the node goes behind --, for example: openclaw nodes run --node pi -- uname -a",
    ]);
  }
  const query = option ?? word;
  if (query === undefined || query.trim() === "") {
    throw new CliError("usage", "which node? name it with --node <id|name|address>", [
      "openclaw nodes status lists them",
    ]);
  }
  return query;
}

/** The one node that the query names. Throws `unknown-node` or `ambiguous-node`. */
export async function findNode(gateway: OperatorGateway, query: string): Promise<NodeInfo> {
  const nodes = await listNodes(gateway);
  const choice = chooseNode(nodes, query);
  if (choice.kind === "found") return choice.node;
  const asked = `\`${printable(query.trim())}\``;
  if (choice.kind === "ambiguous") {
    throw new CliError("ambiguous-node", `ambiguous node: ${asked} (matches: ${names(choice.matches)})`, [
      "name it by its id, or by the first 6 characters or more of it",
    ]);
  }
  const known = nodes.length === 0 ? "no node is known to this Gateway" : `known: ${names(nodes)}`;
  throw new CliError("unknown-node", `unknown node: ${asked} (${known})`, [
    "openclaw nodes status lists the nodes, openclaw nodes pending those that wait for approval",
  ]);
}

async function listNodes(gateway: OperatorGateway): Promise<readonly NodeInfo[]> {
  try {
    return parseAnswer(nodeListSchema, await gateway.call("node.list", {}), "node.list").nodes;
  } catch (error) {
    // Some operators may pair but not read; the paired list names nodes as well. Source: protocol section 6.3.
    if (!(error instanceof CliError) || error.code !== "gateway-refused") throw error;
    const answer = await gateway.call("node.pair.list", {});
    const { paired }: NodePairList = parseAnswer(nodePairListSchema, answer, "node.pair.list");
    return paired.map((node) => ({ ...node, caps: [], commands: [], paired: true, connected: false }));
  }
}

function names(nodes: readonly NamedNode[]): string {
  const shown = nodes.slice(0, OPERATOR_LIMITS.namesShown).map(nodeLabel);
  const more = nodes.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** `kitchen-pi (ab12cd34ef56)`, or the id alone. */
export function nodeLabel({ nodeId, displayName }: NamedNode): string {
  const id = printable(shortId(nodeId));
  const name = cutText(printable(displayName ?? ""), OPERATOR_LIMITS.nameCells);
  return name === "" ? id : `${name} (${id})`;
}
