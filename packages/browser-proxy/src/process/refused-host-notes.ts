import type { EgressRecord } from "../egress/egress-record.ts";
import { browserProxyLimits } from "../limits.ts";

/** What nobody refused: it just did not come about. */
const UNREACHED: ReadonlySet<string> = new Set([
  "resolve-failed",
  "connect-failed",
  "timed-out",
  "bad-response",
  "closed",
]);

/** Tells the owner, once for each, to which hosts pages were not let: one page may try a thousand times. */
export class RefusedHostNotes {
  readonly #tell: (sentence: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  note(record: EgressRecord & { readonly profile: string }): void {
    if (record.kind !== "decided" || record.allowed) return;
    const { profile, reason = "unknown" } = record;
    if (UNREACHED.has(reason)) return;
    // A page chooses the name: printable characters of names and addresses only, and not too many.
    const host = (record.target ?? "an unreadable address").replace(/[^\w.:[\] -]/g, "?").slice(0, 260);
    const key = `${profile} ${host} ${reason}`;
    if (this.#told.has(key) || this.#told.size > browserProxyLimits.driverRefusedHosts) return;
    this.#told.add(key);
    if (this.#told.size > browserProxyLimits.driverRefusedHosts)
      this.#tell("pages of the browser were kept from many more hosts, which are not named here");
    else this.#tell(`the browser profile ${profile} was kept from ${host} (${reason})`);
  }
}
