import { readFile, stat } from "node:fs/promises";
import { ConnectionError, type GatewayWay, type UpgradeHeader } from "@openclaw/gateway-connection";
import type { HeaderSources } from "./gateway-headers.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface WayQuestion {
  readonly env: Environment;
  readonly headers?: HeaderSources | undefined;
  /** Is the link encrypted? What belongs to Cloudflare goes over no other. */
  readonly secure: boolean;
  /** Called with every value before it is used: it must not reach a log or a run. */
  readonly onSecret?: (secret: string) => void;
}

/** A file that holds one value; bytes. */
const MAX_FILE_BYTES = 8192;
/** What the official host sends for Cloudflare Access when both are set. */
const CLOUDFLARE = [
  ["CF-Access-Client-Id", "CF_ACCESS_CLIENT_ID"],
  ["CF-Access-Client-Secret", "CF_ACCESS_CLIENT_SECRET"],
] as const;

/** Proxies of the environment, and the headers with the values that they have at the moment of each attempt. */
export function gatewayWay({ env, headers, secure, onSecret }: WayQuestion): GatewayWay {
  const cloudflare = cloudflareHeaders(env);
  for (const { value } of cloudflare) keep(value, onSecret);
  if (headers === undefined && !(secure && cloudflare.length > 0)) return { env };
  return {
    env,
    headers: async () => {
      const given = await Promise.all(
        Object.entries(headers ?? {}).map(async ([name, source]) => ({
          name,
          value: await valueOf(name, source, env),
        })),
      );
      for (const { value } of given) keep(value, onSecret);
      const named = new Set(given.map(({ name }) => name.toLowerCase()));
      return [...given, ...(secure ? cloudflare.filter(({ name }) => !named.has(name.toLowerCase())) : [])];
    },
  };
}

/** The passwords of proxies, as written and as meant: runs may know them, logs may not. */
export function proxyPasswords(env: Environment): readonly string[] {
  return ["https_proxy", "http_proxy", "all_proxy"]
    .flatMap((name) => [env[name], env[name.toUpperCase()]])
    .flatMap((address) => {
      const written = /^(?:[^/@]*:\/\/)?[^/@]*?:([^@]*)@/u.exec(address?.trim() ?? "")?.[1] ?? "";
      return written === "" ? [] : [...new Set([written, decoded(written)])];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function cloudflareHeaders(env: Environment): readonly UpgradeHeader[] {
  const found = CLOUDFLARE.flatMap(([name, variable]) => {
    const value = env[variable]?.trim() ?? "";
    return value === "" ? [] : [{ name, value }];
  });
  return found.length === CLOUDFLARE.length ? found : [];
}

/** What is this short is a word such as `prod`, which other variables hold as well. */
const MIN_SECRET_CHARS = 6;

function keep(value: string, onSecret: ((secret: string) => void) | undefined): void {
  if (value.length >= MIN_SECRET_CHARS) onSecret?.(value);
}

async function valueOf(name: string, source: string, env: Environment): Promise<string> {
  if (source.startsWith("env:")) {
    const variable = source.slice("env:".length);
    const value = env[variable]?.trim() ?? "";
    if (value === "") throw bad(name, `the variable ${variable} is not set`);
    return value;
  }
  if (!source.startsWith("file:")) throw bad(name, "nothing says where its value is");
  const path = source.slice("file:".length);
  try {
    const facts = await stat(path);
    if (!facts.isFile() || facts.size > MAX_FILE_BYTES)
      throw bad(name, `\`${path}\` is not a file of at most ${MAX_FILE_BYTES} bytes`);
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    if (cause instanceof ConnectionError) throw cause;
    throw bad(name, `\`${path}\` cannot be read (${String(Reflect.get(Object(cause), "code"))})`, cause);
  }
}

function bad(name: string, why: string, cause?: unknown): ConnectionError {
  return new ConnectionError("bad-header", `no value for the header \`${name}\`: ${why}`, {}, { cause });
}
