/** Who counts what the host does; absent unless somebody wants the numbers. */
export interface HostMeter {
  /** An invoke was answered; `code` is that of a refusal. */
  invoke(command: string, code: string | undefined): void;
  /** A request was judged; seconds. */
  decided(seconds: number): void;
  /** A run is over; seconds, and bytes that it wrote. */
  ran(seconds: number, outputBytes: number): void;
  /** A Gateway took the connection. */
  connected(): void;
}
