import { DevGatewayError, ERAS, startDevGateway, type DevGateway, type Era } from "@openclaw/dev-gateway";
import { flag, numberOption, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { printable } from "../output/printable.ts";

const DEFAULT_PORT = 18_789;

/** `openclaw gateway dev`: a Gateway for trying things out; loopback only, ends with the terminal. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const era = ERAS.find((known) => known === stringOption(input, "era"));
  const gateway = await start(input, io, era);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolve());
  });
  announce(gateway, era, flag(input, "json"), io);
  await stopped;
  await gateway.close();
  return EXIT.ok;
}

async function start(input: CommandInput, io: CommandIo, era: Era | undefined): Promise<DevGateway> {
  const port = numberOption(input, "port") ?? DEFAULT_PORT;
  if (port > 65_535)
    throw new CliError(
      "bad-option",
      "invalid --port: use a port number from 0 to 65535 (0 picks a free one)",
    );
  // A blank variable is no token: a Gateway without one would let everybody in.
  const token = nonBlank(stringOption(input, "token")) ?? nonBlank(io.env["OPENCLAW_GATEWAY_TOKEN"]);
  const stateFile = stringOption(input, "state-file");
  try {
    return await startDevGateway({
      port,
      log: (line) => io.stderr.write(`[gateway] ${printable(line)}\n`),
      ...(token === undefined ? {} : { token }),
      ...(era === undefined ? {} : { era }),
      ...(stateFile === undefined ? {} : { stateFile }),
    });
  } catch (error) {
    if (!(error instanceof DevGatewayError)) throw error;
    if (error.code !== "cannot-listen")
      throw new CliError("gateway-not-started", error.message, [], { cause: error });
    throw new CliError(
      "gateway-not-started",
      `cannot listen on 127.0.0.1:${port}: ${LISTEN_PROBLEMS[systemCode(error.cause)] ?? systemCode(error.cause)}`,
      ["use another port; --port 0 takes any free one"],
      { cause: error },
    );
  }
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses this port already",
  EACCES: "this port is not for every user",
};

function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : "unknown error";
}

function nonBlank(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}

function announce(gateway: DevGateway, era: Era | undefined, json: boolean, io: CommandIo): void {
  if (json) {
    io.stdout.write(
      `${JSON.stringify({ ok: true, url: gateway.url, port: gateway.port, token: gateway.token, era: gateway.era })}\n`,
    );
    return;
  }
  io.stdout.write(
    [
      `A Gateway for trying things out listens on ${gateway.url}${era === undefined ? "" : ` (as of ${era})`}; Ctrl-C ends it.`,
      "In other terminals:",
      `  export OPENCLAW_GATEWAY_TOKEN=${gateway.token}`,
      `  openclaw node run --port ${gateway.port}`,
      `  openclaw nodes pending --url ${gateway.url}`,
      "",
    ].join("\n"),
  );
}
