import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { BoundedReader } from "./bounded-reader.ts";
import { connectTrusted } from "./connect-trusted.ts";
import { ConnectionError } from "./errors.ts";
import { CONNECTION_LIMITS, type ConnectionLimits } from "./limits.ts";
import { failureReason, type OpenPlace } from "./open-error.ts";
import type { ProxyAddress } from "./proxy-choice.ts";
import { shownText } from "./shown-text.ts";
import { askSocks, ProxyRefusal } from "./socks5.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A stream that leads through the proxy to the Gateway; nothing that is meant for the Gateway was sent. Rejects with
 * `proxy-failed`, which names the proxy without its password and what it said, or the signal's reason.
 */
export async function openTunnel(
  to: OpenPlace,
  proxy: ProxyAddress,
  giveUp: AbortSignal,
  env: Environment,
  limits: Pick<ConnectionLimits, "proxyMs"> = CONNECTION_LIMITS,
): Promise<Duplex> {
  const slow = AbortSignal.timeout(limits.proxyMs);
  const either = AbortSignal.any([giveUp, slow]);
  let stream: Duplex | undefined;
  try {
    stream = await reach(proxy, either, env);
    const reader = new BoundedReader(stream, either);
    if (proxy.kind.startsWith("http")) await askHttp(stream, reader, to, proxy);
    else await askSocks(stream, reader, to, proxy);
    // Errors from here on are heard by whoever uses the stream next, and there is a turn without anybody.
    stream.on("error", () => undefined);
    return reader.release();
  } catch (cause) {
    stream?.on("error", () => undefined).destroy();
    if (giveUp.aborted && !slow.aborted) throw giveUp.reason;
    throw failed(
      to,
      proxy,
      slow.aborted ? `did not answer within ${limits.proxyMs / 1000} s` : said(cause),
      cause,
    );
  }
}

async function reach(proxy: ProxyAddress, giveUp: AbortSignal, env: Environment): Promise<Duplex> {
  if (proxy.kind === "https") return await connectTrusted({ ...proxy, secure: true }, {}, giveUp, env);
  const socket = connectTcp({ host: proxy.host, port: proxy.port });
  socket.setNoDelay(true);
  try {
    await once(socket, "connect", { signal: giveUp });
    return socket;
  } catch (error) {
    socket.on("error", () => undefined).destroy();
    throw error;
  }
}

/** Source: RFC 9110 section 9.3.6. */
async function askHttp(
  stream: Duplex,
  reader: BoundedReader,
  to: OpenPlace,
  { credentials }: ProxyAddress,
): Promise<void> {
  const target = `${isIP(to.host) === 6 ? `[${to.host}]` : to.host}:${to.port}`;
  const login =
    credentials === undefined
      ? ""
      : `Proxy-Authorization: Basic ${Buffer.from(`${credentials.user}:${credentials.password}`, "utf8").toString("base64")}\r\n`;
  stream.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`);
  const most = CONNECTION_LIMITS.proxyAnswerBytes;
  const head = (await reader.until("\r\n\r\n", most))?.toString("latin1");
  if (head === undefined)
    throw new ProxyRefusal(`answered more than ${most} bytes, which is no answer to CONNECT`);
  const [, status = "", reason = ""] = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/u.exec(head) ?? [];
  if (status === "") throw new ProxyRefusal("does not answer as an HTTP proxy");
  if (status.startsWith("2")) return;
  const hint =
    status !== "407"
      ? ""
      : credentials === undefined
        ? "; put a user name and password into its address"
        : "; it does not accept the user name and password of its address";
  throw new ProxyRefusal(`answered HTTP ${status} ${shownText(reason, 100)}`.trimEnd() + hint);
}

function said(cause: unknown): string {
  if (cause instanceof ProxyRefusal) return cause.message;
  if (cause instanceof ConnectionError) return `cannot be used: ${cause.message}`;
  return `cannot be used: ${cause instanceof Error ? failureReason(cause) : String(cause)}`;
}

function failed(to: OpenPlace, proxy: ProxyAddress, what: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    "proxy-failed",
    `no way to the Gateway at ${to.host}:${to.port}: the proxy ${proxy.shown} ${what}`,
    {},
    { cause },
  );
}
