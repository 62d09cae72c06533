import type { NodeInfo, SystemRunResult } from "@openclaw/protocol";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { findNode, nodeLabel, nodeQuery } from "../operator/find-node.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { runExitCode, runOnNode } from "../operator/run-on-node.ts";
import { runWish, type RunWish } from "../operator/run-wish.ts";
import { jsonLine, printable, terminalText } from "../output/printable.ts";
import { duration } from "../output/time-ago.ts";

/** `openclaw nodes run`: runs a command on a node as if it ran here; asks and waits where the node wants approval. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const query = nodeQuery(input);
  const wish = runWish(input);
  const { answer, result } = await withGateway(input, io, async (gateway) => {
    const node = await findNode(gateway, query);
    return await runOnNode(gateway, node, wish, (id, argv) => tellWaiting(input, io, node, wish, id, argv));
  });
  if (flag(input, "json")) io.stdout.write(jsonLine(answer));
  else passOn(io, result, wish);
  return runExitCode(result, EXIT.timedOut);
}

function tellWaiting(
  input: CommandInput,
  io: CommandIo,
  node: NodeInfo,
  wish: RunWish,
  approvalId: string,
  argv: readonly string[],
): void {
  const id = printable(approvalId);
  io.stderr.write(
    [
      `openclaw: ${nodeLabel(node)} wants an approval for: ${printable(argv.map(quoted).join(" "))}`,
      `  approval id: ${id} (waiting up to ${duration(wish.approvalTimeoutMs)})`,
      "  to answer, in another terminal:",
      `    ${commandLine(input, `approvals resolve ${id} allow-once`)}`,
      "  (or allow-always, or deny)",
      "",
    ].join("\n"),
  );
}

/** The same program with the same Gateway, for a second terminal; secrets are left to the person. */
function commandLine(input: CommandInput, words: string): string {
  const profile = stringOption(input, "profile") ?? (flag(input, "dev") ? "dev" : undefined);
  const url = stringOption(input, "url");
  return [
    "openclaw",
    ...(profile === undefined ? [] : [`--profile ${profile}`]),
    words,
    ...(url === undefined ? [] : [`--url ${printable(url)}`]),
  ].join(" ");
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:,+=@%^-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function passOn(io: CommandIo, result: SystemRunResult, wish: RunWish): void {
  write(io.stdout, result.stdout);
  write(io.stderr, result.stderr);
  if (result.timedOut)
    io.stderr.write(`openclaw: the command was ended after ${duration(wish.commandTimeoutMs)}\n`);
  else if (result.error !== null && result.error !== "")
    io.stderr.write(`openclaw: ${printable(result.error)}\n`);
  else if (result.exitCode === undefined && !result.success)
    io.stderr.write("openclaw: the command was ended by a signal\n");
}

/** Bytes as they came into a pipe or a file; nothing that acts on a terminal into a terminal. */
function write(stream: CommandIo["stdout"], text: string): void {
  if (text !== "") stream.write(stream.isTTY === true ? terminalText(text) : text);
}
