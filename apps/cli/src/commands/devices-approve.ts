import { devicePairListSchema } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { parseAnswer, withGateway, type OperatorGateway } from "../operator/operator-gateway.ts";
import { unknownRequest } from "../operator/resolve-request.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";

/** `openclaw devices approve`: lets a device in, with the role and the scopes that it asks for. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const latest = flag(input, "latest");
  const given = input.positionals["requestId"];
  if (latest === (given !== undefined)) {
    throw new CliError("usage", "name one request: its id, or --latest for the newest", [
      "openclaw devices list shows them",
    ]);
  }
  const { answer, requestId } = await withGateway(input, io, async (gateway) => {
    const chosen = given ?? (await newestRequest(gateway));
    return { requestId: chosen, answer: await resolveDevice(gateway, "approve", chosen) };
  });
  if (flag(input, "json")) {
    io.stdout.write(jsonLine(answer));
    return EXIT.ok;
  }
  const device: object = Object(Reflect.get(Object(answer), "device"));
  const text = (key: string): string => {
    const value: unknown = Reflect.get(device, key);
    return typeof value === "string" ? value : Array.isArray(value) ? value.map(String).join(", ") : "";
  };
  const screen = screenFor(input, io);
  screen.line(`Approved ${text("deviceId") || "the device"} (${requestId})`);
  screen.fields([
    ["Name", text("displayName")],
    ["Role", text("roles") || text("role")],
    ["Scopes", text("scopes")],
  ]);
  return EXIT.ok;
}

async function newestRequest(gateway: OperatorGateway): Promise<string> {
  const answer = await gateway.call("device.pair.list", {});
  const { pending } = parseAnswer(devicePairListSchema, answer, "device.pair.list");
  const [newest] = pending.toSorted((a, b) => (b.ts ?? 0) - (a.ts ?? 0));
  if (newest !== undefined) return newest.requestId;
  throw new CliError("unknown-request", "no device asks to be paired", [
    "openclaw devices list shows who does",
  ]);
}

/** Approves or rejects a device request; says so in words when there is none of that id. */
export async function resolveDevice(
  gateway: OperatorGateway,
  verb: "approve" | "reject",
  requestId: string,
): Promise<unknown> {
  try {
    return await gateway.call(`device.pair.${verb}`, { requestId });
  } catch (error) {
    if (error instanceof CliError && error.code === "unknown-request")
      throw unknownRequest(requestId, "devices list");
    throw error;
  }
}
