import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import { stringOption, type CommandInput } from "../command.ts";
import { CliError } from "../errors.ts";

/** Where health and metrics are served. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly loopback: boolean }
  | { readonly kind: "socket"; readonly path: string };

/** Longest path of a Unix socket that all systems take; bytes. */
const SOCKET_PATH_BYTES = 100;
const NAME = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}$/u;

/**
 * `PORT` and `:PORT` (on 127.0.0.1), `127.0.0.1:PORT`, `[::1]:PORT`, `name:PORT`, or the absolute path of a Unix
 * socket. Throws `bad-option`.
 */
export function parseListenAddress(text: string): ListenAddress {
  if (isAbsolute(text) || text.startsWith("unix:")) return { kind: "socket", path: socketPath(text) };
  const [, bracketed, plain = "", port = ""] =
    /^(?:\[([^\]]*)\]|([^:[\]]*)):?(?<=^|:)(\d{1,5})$/u.exec(text) ?? [];
  const host = (bracketed ?? (plain === "" ? "127.0.0.1" : plain)).toLowerCase();
  const usable = bracketed === undefined ? isIP(host) === 4 || NAME.test(host) : isIP(host) === 6;
  if (port === "" || Number(port) > 65_535 || !usable) throw badListen(text);
  return { kind: "tcp", host, port: Number(port), loopback: isLoopback(host) };
}

/** What `--listen` says, as it is typed and as it is meant. Throws `bad-option`. */
export function listenOption(
  input: CommandInput,
): { readonly text: string; readonly address: ListenAddress } | undefined {
  const text = stringOption(input, "listen")?.trim();
  return text === undefined ? undefined : { text, address: parseListenAddress(text) };
}

function socketPath(text: string): string {
  const path = text.replace(/^unix:(?:\/\/)?/u, "");
  if (!isAbsolute(path) || path.includes("\0")) throw badListen(text);
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES) return path;
  throw new CliError("bad-option", `invalid --listen: \`${path}\` is over ${SOCKET_PATH_BYTES} bytes long`);
}

function badListen(text: string): CliError {
  return new CliError("bad-option", `invalid --listen: \`${text}\` is no address`, [
    "use 127.0.0.1:9478, [::1]:9478 or the absolute path of a Unix socket",
  ]);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/**
 * Does a `Host` header name us? Only an address does, and what was named: a web page that makes its own name point
 * here sends its own name.
 */
export function namesUs(header: string | undefined, address: ListenAddress): boolean {
  if (address.kind === "socket") return true;
  const [, bracketed, plain] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/iu.exec(header ?? "") ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain?.toLowerCase();
  return name !== undefined && (isIP(name) === 4 || name === "localhost" || name === address.host);
}
