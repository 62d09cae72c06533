import type { DeviceRequest, SurfaceRequest } from "@openclaw/protocol";
import { shortId, type Screen } from "../output/screen.ts";
import type { TableColumn } from "../output/table.ts";
import { timeAgo } from "../output/time-ago.ts";

interface Shown {
  readonly requestId: string;
  readonly displayName?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly ts?: number | undefined;
}

const COLUMNS: readonly TableColumn[] = [
  { title: "Request", whole: true },
  { title: "Node" },
  { title: "IP", min: 9 },
  { title: "Asked", min: 9 },
];

/** Both kinds of requests with what to type; nothing when nothing waits. */
export function showPending(
  screen: Screen,
  pending: { readonly surfaces: readonly SurfaceRequest[]; readonly devices: readonly DeviceRequest[] },
  now: number,
): void {
  const { surfaces, devices } = pending;
  if (devices.length > 0) {
    screen.heading(`Pending: new devices that want to become nodes (${devices.length})`);
    screen.table(
      COLUMNS,
      devices.map((device) => row(device, device.deviceId, now)),
    );
    screen.line();
  }
  if (surfaces.length > 0) {
    screen.heading(`Pending: commands of paired nodes (${surfaces.length})`);
    screen.table(
      COLUMNS,
      surfaces.map((surface) => row(surface, surface.nodeId, now)),
    );
    for (const { displayName, nodeId, commands, caps } of surfaces)
      screen.words(`  ${displayName ?? shortId(nodeId)} asks for:`, commands.length > 0 ? commands : caps);
    screen.line();
  }
  if (devices.length + surfaces.length > 0) screen.line("Approve with: openclaw nodes approve <request>");
}

function row({ requestId, displayName, remoteIp, ts }: Shown, id: string, now: number): readonly string[] {
  return [requestId, displayName ?? id, remoteIp ?? "", timeAgo(ts, now)];
}
