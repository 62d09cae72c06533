import { readFileSync } from "node:fs";

export interface RecordedCall {
  readonly release: "2026.2.9" | "2026.9.6";
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>> & { readonly method: string; readonly path: string };
  /** What the Gateway's client got to see, or null for a success. */
  readonly error: string | null;
}

/** Calls that official Gateways sent to official node hosts, one for each route. */
export function readRecordedCalls(): readonly RecordedCall[] {
  const file = new URL("fixtures/recorded-calls.json", import.meta.url);
  const calls: readonly RecordedCall[] = JSON.parse(readFileSync(file, "utf8"));
  return calls;
}
