/**
 * Protocol numbers and their history. A connect frame carries the whole range,
 * because old Gateways refuse a range without 3 and new ones a range without 4.
 */
export const PROTOCOL_MIN = 3;
export const PROTOCOL_MAX = 4;

export interface ProtocolVersionNote {
  readonly version: number;
  /** First release that spoke it. */
  readonly since: string;
  readonly note: string;
}

/** One line for each protocol number that a Gateway of 2026 may grant. */
export const PROTOCOL_HISTORY: readonly ProtocolVersionNote[] = [
  {
    version: 3,
    since: "2026.1",
    note: "device identity in connect; the only version until spring 2026",
  },
  {
    version: 4,
    since: "2026.5",
    note: "chat deltas changed; nothing that a node uses; Gateways of autumn 2026 still grant 3 to nodes",
  },
];
