import type { IncomingMessage } from "node:http";

export interface Origin {
  readonly remote: boolean;
  /** Absent for a local client. */
  readonly remoteIp?: string;
  /** The request came from a web page of another place. */
  readonly foreignOrigin: boolean;
}

const FORWARDING = ["forwarded", "x-real-ip"];
const LOCAL_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;

/** Anything that hints at a machine in between makes a client remote. Source: protocol section 2.6. */
export function looksRemote(request: IncomingMessage): boolean {
  const forwarded = Object.keys(request.headers).some(
    (name) => FORWARDING.includes(name) || name.startsWith("x-forwarded-"),
  );
  if (forwarded || !isLoopback(request.socket.remoteAddress)) return true;
  return !LOCAL_HOST.test(request.headers.host ?? "");
}

/** The address that a remote client is known and counted by. */
export function originOf(request: IncomingMessage, remote: boolean): Origin {
  const origin = request.headers.origin;
  const foreignOrigin = origin !== undefined && origin !== `http://${request.headers.host ?? ""}`;
  if (!remote) return { remote, foreignOrigin };
  const header = request.headers["x-forwarded-for"];
  const forwarded = (Array.isArray(header) ? header[0] : header)?.split(",")[0]?.trim();
  const remoteIp = forwarded === undefined || forwarded === "" ? request.socket.remoteAddress : forwarded;
  return { remote, foreignOrigin, ...(remoteIp === undefined ? {} : { remoteIp: remoteIp.slice(0, 64) }) };
}

function isLoopback(address: string | undefined): boolean {
  return address === "::1" || (address?.replace(/^::ffff:/, "").startsWith("127.") ?? false);
}
