/** One line of the audit as its readers use it: whatever it is, it was written by nobody that has to be believed. */
export interface LogRecord {
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** undefined for what is no record, such as a line that was cut short. */
export function parseLogRecord(text: string): LogRecord | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const fields: Readonly<Record<string, unknown>> = JSON.parse(text);
    const { kind, at } = fields;
    const time = typeof at === "string" ? Date.parse(at) : Number.NaN;
    return typeof kind === "string" && Number.isFinite(time) ? { kind, at: time, fields } : undefined;
  } catch {
    return undefined;
  }
}

/** A field as text; empty for one that is absent or no plain value. */
export function textField({ fields }: LogRecord, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** What decision and outcome of one run share. */
export function runKey(record: LogRecord): string {
  return JSON.stringify([textField(record, "invokeId"), textField(record, "runId")]);
}
