import type { EgressReason } from "./egress-record.ts";

export interface EgressRefusal {
  readonly ok: false;
  readonly reason: EgressReason;
  readonly sentence: string;
}

const texts: Readonly<Partial<Record<EgressReason, readonly [status: number, sentence: string]>>> = {
  "bad-request": [400, "the request cannot be read in one way only"],
  "own-proxy": [403, "this host is refused: it is the browser's own proxy"],
  "resolve-failed": [502, "the name of this host cannot be resolved; check it"],
  "no-address": [502, "this host has no address; check its name"],
  "connect-failed": [502, "this host does not take the connection"],
  "timed-out": [504, "this host did not answer in time"],
  "bad-response": [502, "the answer of this host cannot be read"],
  closed: [503, "the browser is being closed"],
};

/** A refusal in our own words. System errors are left out: they tell about the network that the node stands in. */
export function egressRefusal(reason: EgressReason): EgressRefusal {
  return { ok: false, reason, sentence: texts[reason]?.[1] ?? "this host is refused" };
}

/** Policy refusals are 403; the others say whose fault it was. */
export function refusalStatus(reason: EgressReason): number {
  return texts[reason]?.[0] ?? 403;
}

/** Headers and text of the page that stands in for the one that was refused. */
export function refusalPage(sentence: string): {
  readonly headers: readonly string[];
  readonly body: string;
} {
  const body = `${sentence}\n`;
  const headers = [
    "Content-Type",
    "text/plain; charset=utf-8",
    "Content-Length",
    String(Buffer.byteLength(body)),
    "Cache-Control",
    "no-store",
    "X-Content-Type-Options",
    "nosniff",
    "Content-Security-Policy",
    "default-src 'none'; frame-ancestors 'none'",
    "Connection",
    "close",
  ];
  return { headers, body };
}

/** The whole answer, for sockets that no longer have a parser. */
export function rawAnswer(status: number, sentence: string, more: readonly string[] = []): string {
  const { headers, body } = refusalPage(sentence);
  const all = [...headers, ...more];
  const lines = all.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${all[index + 1] ?? ""}`] : []));
  return `HTTP/1.1 ${String(status)} ${status === 407 ? "Proxy Authentication Required" : "Refused"}\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}
