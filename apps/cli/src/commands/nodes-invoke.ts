import { randomUUID } from "node:crypto";
import { parseJsonText } from "@openclaw/protocol";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { findNode, nodeQuery } from "../operator/find-node.ts";
import { OPERATOR_LIMITS } from "../operator/limits.ts";
import { requestTimeout, timeOption, withGateway } from "../operator/operator-gateway.ts";
import { jsonLine, jsonPretty } from "../output/printable.ts";

/** `openclaw nodes invoke`: calls one command of a node and prints what it answers. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const query = nodeQuery(input);
  const command = stringOption(input, "command")?.trim() ?? "";
  if (command === "")
    throw new CliError("usage", "which command? name it with --command, for example system.which");
  const params = paramsOf(input);
  const timeoutMs = timeOption(input, "invoke-timeout") ?? OPERATOR_LIMITS.invokeMs;
  const fallback = Math.max(OPERATOR_LIMITS.invokeRequestMs, timeoutMs + OPERATOR_LIMITS.invokeMarginMs);
  const answer = await withGateway(input, io, async (gateway) => {
    const { nodeId } = await findNode(gateway, query);
    return await gateway.call(
      "node.invoke",
      {
        nodeId,
        command,
        ...(params === undefined ? {} : { params }),
        timeoutMs,
        idempotencyKey: stringOption(input, "idempotency-key") ?? randomUUID(),
      },
      { timeoutMs: requestTimeout(input, fallback) },
    );
  });
  io.stdout.write(flag(input, "json") ? jsonLine(answer) : jsonPretty(answer));
  return EXIT.ok;
}

function paramsOf(input: CommandInput): unknown {
  const text = stringOption(input, "params");
  if (text === undefined) return undefined;
  const parsed = parseJsonText(text, "--params", OPERATOR_LIMITS.paramsBytes);
  if (parsed.ok) return parsed.value;
  const why = parsed.error.cause instanceof Error ? `: ${parsed.error.cause.message}` : "";
  throw new CliError("bad-option", `${parsed.error.message}${why}`, [
    `for example --params '{"bins":["git"]}'`,
  ]);
}
