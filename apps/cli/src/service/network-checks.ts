import type {
  ConnectionError,
  GatewayEndpoint,
  GatewayProbe,
  HttpAnswer,
  Rung,
} from "@openclaw/gateway-connection";
import { duration } from "../output/time-ago.ts";
import { check, found, notReached, type Check, type CheckLevel } from "./doctor-check.ts";
import type { FindingCode } from "./doctor-findings.ts";
import { NETWORK_RUNGS, type NetworkRung } from "./doctor-rungs.ts";

export interface NetworkContext {
  readonly endpoint: GatewayEndpoint;
  /** A host of this machine is connected at this moment, whatever the probe met. */
  readonly connected: boolean;
  /** The host sends headers of its own, which the probe does not. */
  readonly hasHeaders: boolean;
}

/** From here the clocks are told to differ, milliseconds. */
const CLOCK_MS = 60_000;
/** From here an end of a certificate is told, milliseconds. */
const SOON_MS = 14 * 86_400_000;

/** What the probe met, rung by rung. The first trouble is the last thing that was looked at. */
export function networkChecks(probe: GatewayProbe, context: NetworkContext): readonly Check[] {
  const trouble = troubleOf(probe, context);
  const at = trouble === undefined ? NETWORK_RUNGS.length : NETWORK_RUNGS.indexOf(trouble.rung);
  return NETWORK_RUNGS.map((rung, index) => {
    if (index < at) {
      const unseen =
        rung !== "in-the-way" && rung !== "clock" && ["failed", "not-reached"].includes(probe[rung].kind);
      return unseen ? notReached(rung, `\`${trouble?.rung}\` is in the way`) : passed(rung, probe, context);
    }
    if (index > at || trouble === undefined) return notReached(rung, `\`${trouble?.rung}\` is in the way`);
    const { code, text, command } = trouble;
    // Whoever is connected does not need to be told that it cannot work.
    const level: CheckLevel =
      context.connected || (code === "door-closed" && context.hasHeaders) ? "warning" : "error";
    return found(code, text, { level, command });
  });
}

interface Trouble {
  readonly rung: NetworkRung;
  readonly code: FindingCode;
  readonly text: string;
  readonly command?: string;
}

function troubleOf(probe: GatewayProbe, { endpoint }: NetworkContext): Trouble | undefined {
  const { dns, tcp, proxy, tls, upgrade, challenge } = probe;
  const of = (rung: Rung<unknown>): ConnectionError | undefined =>
    rung.kind === "failed" ? rung.error : undefined;
  const [dnsError, tcpError, proxyError, tlsError] = [of(dns), of(tcp), of(proxy), of(tls)];
  // Name and port were the proxy's.
  if (dnsError?.code === "proxy-failed" || tcpError?.code === "proxy-failed")
    return { rung: "proxy", code: "proxy-away", text: (dnsError ?? tcpError)?.message ?? "" };
  if (dnsError !== undefined) return { rung: "dns", code: dnsCode(dnsError), text: dnsError.message };
  if (tcpError !== undefined)
    return {
      rung: "tcp",
      code: TCP_CODES[tcpError.details.system ?? ""] ?? "connection-failed",
      text: tcpError.message,
    };
  if (proxyError !== undefined)
    return {
      rung: "proxy",
      code: proxyError.code === "bad-proxy" ? "bad-proxy" : "proxy-refused",
      text: proxyError.message,
    };
  if (tlsError !== undefined)
    return {
      rung: "tls",
      code: tlsCode(tlsError),
      text: tlsError.message,
      ...tlsCommand(tlsError, endpoint),
    };
  const upgradeError = of(upgrade);
  if (upgradeError !== undefined) return upgradeTrouble(upgradeError, probe.answer, endpoint);
  const challengeError = of(challenge);
  if (challengeError === undefined) return undefined;
  const starting = challengeError.details.close?.code === 1013 || challengeError.details.close?.code === 1012;
  return {
    rung: "challenge",
    code: starting ? "gateway-starting" : "no-challenge",
    text: challengeError.message,
  };
}

function dnsCode({ details }: ConnectionError): FindingCode {
  const silent = details.system === "EAI_AGAIN" || details.system === "ETIMEDOUT";
  return silent ? "name-server-silent" : "name-unknown";
}

const TCP_CODES: Readonly<Record<string, FindingCode>> = {
  ECONNREFUSED: "connection-refused",
  ETIMEDOUT: "no-answer",
  EHOSTUNREACH: "no-route",
  ENETUNREACH: "no-route",
};

function tlsCode({ code, details }: ConnectionError): FindingCode {
  if (code === "fingerprint-mismatch") return "pin-mismatch";
  if (code === "bad-ca-file") return "bad-ca-file";
  const system = details.system ?? "";
  const known = TLS_CODES[system];
  if (known !== undefined) return known;
  if (/^(?:EPROTO$|ERR_SSL_|ECONNRESET$|ETIMEDOUT$)/u.test(system)) return "no-tls-there";
  return /^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/u.test(system) ? "authority-unknown" : "certificate-refused";
}

const TLS_CODES: Readonly<Record<string, FindingCode>> = {
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-early",
  ERR_TLS_CERT_ALTNAME_INVALID: "other-name",
  HOSTNAME_MISMATCH: "other-name",
};

function tlsCommand(error: ConnectionError, { host, port }: GatewayEndpoint): { readonly command?: string } {
  const code = tlsCode(error);
  if (code === "no-tls-there" || code === "bad-ca-file") return {};
  return { command: `openclaw node tls show --host ${host} --port ${port}` };
}

function upgradeTrouble(
  error: ConnectionError,
  answer: HttpAnswer | undefined,
  { secure }: GatewayEndpoint,
): Trouble {
  if (answer !== undefined) return answerTrouble(error, answer);
  const { system } = error.details;
  if (system === "ETIMEDOUT") return { rung: "upgrade", code: "upgrade-silent", text: error.message };
  // A TLS server hangs up on what is no TLS, or says so in bytes that are no HTTP.
  const hungUp = system === "ECONNRESET" || /socket hang up|Parse Error/u.test(error.message);
  if (!secure && hungUp) return { rung: "upgrade", code: "tls-expected", text: error.message };
  return { rung: "upgrade", code: "no-gateway-there", text: error.message };
}

function answerTrouble(error: ConnectionError, answer: HttpAnswer): Trouble {
  const { status, location, contentType, server } = answer;
  const by = server === undefined ? "" : ` from ${server}`;
  const text = `HTTP ${status}${by} instead of a WebSocket`;
  const way = (code: FindingCode, more = ""): Trouble => ({
    rung: "in-the-way",
    code,
    text: `${text}${more}`,
  });
  const html = /^text\/html\b/iu.test(contentType ?? "");
  if (status >= 300 && status < 400)
    return way("redirect", location === undefined ? "" : `; it leads to ${location}`);
  if (status === 511 || (status >= 200 && status < 300 && html)) return way("captive-portal", ", a web page");
  if (status === 401 || status === 403 || status === 407) return way("door-closed");
  if (status >= 502 && status <= 504) return way("behind-it-away");
  if (status === 426 || (status >= 200 && status < 300))
    return { rung: "upgrade", code: "upgrade-dropped", text: error.message };
  return { rung: "upgrade", code: status === 101 ? "no-gateway-there" : "wrong-path", text: error.message };
}

function passed(rung: NetworkRung, probe: GatewayProbe, { endpoint }: NetworkContext): Check {
  switch (rung) {
    case "dns": {
      const { dns } = probe;
      if (dns.kind !== "ok") return check(rung, "ok", "an address in figures needs no look-up");
      const [first, ...more] = dns.value;
      return check(rung, "ok", `${first ?? ""}${more.length === 0 ? "" : ` and ${more.length} more`}`);
    }
    case "tcp": {
      const { tcp } = probe;
      return check(
        rung,
        "ok",
        tcp.kind === "ok" ? `${tcp.value.address} answers in ${Math.ceil(tcp.value.ms)} ms` : "reached",
      );
    }
    case "proxy": {
      const { proxy } = probe;
      return check(
        rung,
        "ok",
        proxy.kind === "ok" ? `through ${proxy.value}` : "none is used for this Gateway",
      );
    }
    case "tls":
      return tlsPassed(probe, endpoint);
    case "in-the-way":
      return check(rung, "ok", "nothing answers in the Gateway's place");
    case "upgrade":
      return check(rung, "ok", `\`${endpoint.url}\` is a WebSocket`);
    case "challenge": {
      const { challenge } = probe;
      return check(
        rung,
        "ok",
        challenge.kind === "ok"
          ? `a Gateway spoke after ${Math.ceil(challenge.value)} ms`
          : "a Gateway spoke",
      );
    }
    case "clock":
      return clockCheck(probe);
  }
}

function tlsPassed({ tls }: GatewayProbe, { tlsPins, tlsCaFile, warning }: GatewayEndpoint): Check {
  if (tls.kind !== "ok")
    return warning === undefined
      ? check("tls", "ok", "not used on this way")
      : check("tls", "warning", warning);
  const { protocol, chain, trust } = tls.value;
  const by = [
    tlsPins === undefined ? "" : "the pin fits",
    tlsCaFile === undefined ? "" : "signed by the authority of --tls-ca",
    tlsPins === undefined && tlsCaFile === undefined && trust !== "none"
      ? trust === "system"
        ? "an authority of this system vouches for it"
        : "a known authority vouches for it"
      : "",
  ].filter((part) => part !== "");
  const until = chain[0]?.validToMs ?? Number.NaN;
  const dates = Number.isFinite(until) ? `, valid until ${new Date(until).toISOString().slice(0, 10)}` : "";
  const text = `${protocol}${dates}; ${by.join(" and ")}`;
  // A pin alone asks for no dates.
  const dated = tlsPins === undefined || tlsCaFile !== undefined;
  if (dated && until - Date.now() < SOON_MS)
    return found("certificate-ends-soon", text, { level: "warning" });
  return check("tls", "ok", text);
}

function clockCheck({ clock }: GatewayProbe): Check {
  if (clock.kind !== "ok") return check("clock", "note", "the Gateway did not say what time it is");
  const { behindMs, by } = clock.value;
  const away = Math.abs(behindMs);
  if (away < CLOCK_MS) return check("clock", "ok", "the clocks agree");
  const source = by === "date" ? " by its Date header" : "";
  const side = behindMs > 0 ? "behind" : "ahead of";
  return found("clock-wrong", `this machine is ${duration(away)} ${side} the Gateway${source}`, {
    level: "warning",
  });
}
