import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { withGateway } from "../operator/operator-gateway.ts";
import { jsonLine, printable } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

const DONE: Readonly<Record<string, string>> = {
  "allow-once": "Allowed this once.",
  "allow-always": "Allowed from now on.",
  deny: "Denied.",
};

/** `openclaw approvals resolve`: answers for a run that waits. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const { id = "", decision = "" } = input.positionals;
  const done = Object.hasOwn(DONE, decision) ? DONE[decision] : undefined;
  if (done === undefined) {
    throw new CliError(
      "usage",
      `\`${printable(decision)}\` is no decision; take allow-once, allow-always or deny`,
    );
  }
  await withGateway(input, io, async (gateway) => {
    try {
      await gateway.call("exec.approval.resolve", { id, decision });
    } catch (error) {
      throw explained(error, id, gateway.has("exec.approval.list"));
    }
  });
  if (flag(input, "json")) io.stdout.write(jsonLine({ ok: true, id, decision }));
  else screenFor(input, io).line(done);
  return EXIT.ok;
}

function explained(error: unknown, id: string, canList: boolean): unknown {
  if (!(error instanceof CliError)) return error;
  if (error.code === "unknown-request") {
    return new CliError(
      "unknown-request",
      `no run waits under \`${printable(id)}\` (${error.message})`,
      [
        "it may have ended, or the Gateway was restarted",
        ...(canList ? ["openclaw approvals pending shows what waits"] : []),
      ],
      { cause: error },
    );
  }
  if (/approval already resolved/u.test(error.message)) {
    return new CliError(
      "unknown-request",
      `\`${printable(id)}\` is decided already, or its time is over`,
      [],
      { cause: error },
    );
  }
  if (/allow-always is unavailable/u.test(error.message)) {
    return new CliError("gateway-refused", error.message, ["allow-once or deny are possible"], {
      cause: error,
    });
  }
  return error;
}
