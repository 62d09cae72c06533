import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What one browser start presents to the proxy. Never written to a file, an argument or a record. */
export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** 256 random bits for each browser start. */
export function makeProxyCredentials(random: (size: number) => Buffer = randomBytes): ProxyCredentials {
  return { username: "browser", password: random(32).toString("base64url") };
}

/** The header by which a client that is no browser presents them. */
export function proxyAuthorization({ username, password }: ProxyCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Whether the `Proxy-Authorization` header is the right one, in the same time for every wrong one. */
export function isAuthorized(header: string | undefined, credentials: ProxyCredentials): boolean {
  const given = (header ?? "").replace(/^basic +/i, "Basic ");
  return timingSafeEqual(digest(given), digest(proxyAuthorization(credentials)));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
