import { devicePairListSchema, type DevicePairList } from "@openclaw/protocol";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { parseAnswer, withGateway } from "../operator/operator-gateway.ts";
import { listIn } from "../operator/pending-requests.ts";
import { jsonLine } from "../output/printable.ts";
import { screenFor, shortId, type Screen } from "../output/screen.ts";
import { timeAgo } from "../output/time-ago.ts";

/** `openclaw devices list`: who may connect to the Gateway, and who asks to. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const { answer, deviceId } = await withGateway(input, io, async (gateway) => ({
    answer: await gateway.call("device.pair.list", {}),
    deviceId: gateway.deviceId,
  }));
  const list = parseAnswer(devicePairListSchema, answer, "device.pair.list");
  if (flag(input, "json"))
    io.stdout.write(jsonLine({ pending: listIn(answer, "pending"), paired: listIn(answer, "paired") }));
  else show(screenFor(input, io), list, deviceId, Date.now());
  return EXIT.ok;
}

function show(screen: Screen, { pending, paired }: DevicePairList, ownId: string, now: number): void {
  if (pending.length === 0) screen.line("No device asks to be paired.");
  else {
    screen.heading(`Pending (${pending.length})`);
    screen.table(
      [
        { title: "Request", whole: true },
        { title: "Device", min: 8 },
        { title: "Role", whole: true },
        { title: "IP", min: 9 },
        { title: "Asked", min: 9 },
      ],
      pending.map((device) => [
        device.requestId,
        device.displayName ?? shortId(device.deviceId),
        rolesOf(device),
        device.remoteIp ?? "",
        timeAgo(device.ts, now),
      ]),
    );
    screen.line();
    screen.line("Approve with: openclaw devices approve <request>");
  }
  screen.line();
  if (paired.length === 0) {
    screen.line("No paired devices.");
    return;
  }
  screen.heading(`Paired (${paired.length})`);
  screen.table(
    [
      { title: "Device", whole: true },
      { title: "Name", min: 12 },
      { title: "Role" },
      { title: "IP", min: 9 },
      { title: "Approved", min: 9 },
    ],
    paired.map((device) => [
      shortId(device.deviceId),
      `${device.displayName ?? ""}${device.deviceId === ownId ? " (this one)" : ""}`,
      rolesOf(device),
      device.remoteIp ?? "",
      timeAgo(device.approvedAtMs, now),
    ]),
  );
}

function rolesOf({
  role,
  roles,
}: {
  readonly role?: string | undefined;
  readonly roles: readonly string[];
}): string {
  return [...new Set(role === undefined ? roles : [role, ...roles])].join("+");
}
