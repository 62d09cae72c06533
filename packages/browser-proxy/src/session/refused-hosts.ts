import type { EgressReason, EgressRecord } from "../egress/egress-record.ts";
import { hostOfUrl, authorityText, parsedUrl } from "../address/page-host.ts";
import { browserProxyLimits } from "../limits.ts";

/** What the way out refused lately: a page that was asked for and did not come is explained by it. */
export class RefusedHosts {
  readonly #byTarget = new Map<string, { readonly reason: EgressReason; readonly serial: number }>();
  #serial = 0;

  /** A mark for `reasonFor`: what was refused before it does not count. */
  get mark(): number {
    return this.#serial;
  }

  note(record: EgressRecord): void {
    const { target, reason } = record;
    if (target === undefined || reason === undefined) return;
    this.#serial += 1;
    this.#byTarget.delete(target);
    this.#byTarget.set(target, { reason, serial: this.#serial });
    const [oldest] = this.#byTarget.keys();
    if (this.#byTarget.size > browserProxyLimits.refusedHosts && oldest !== undefined)
      this.#byTarget.delete(oldest);
  }

  /** Why the host of an address was refused after the mark. */
  reasonFor(address: string, mark: number): EgressReason | undefined {
    const url = parsedUrl(address);
    const host = url === undefined ? undefined : hostOfUrl(url);
    const found = host === undefined ? undefined : this.#byTarget.get(authorityText(host));
    return found !== undefined && found.serial > mark ? found.reason : undefined;
  }
}
