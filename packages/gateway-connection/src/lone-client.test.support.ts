// Connects in one of several ways, ends, and prints what keeps its process alive then. Argument: how; port.
import { endpointFromParts } from "./endpoint.ts";
import { GatewayLink } from "./gateway-link.ts";
import { createDeviceIdentity } from "./device-identity.ts";
import { openSession, type SessionOptions } from "./session.ts";

const [how = "", port = ""] = process.argv.slice(2);
const secure = how === "foreign-pin";
const options: SessionOptions = {
  endpoint: endpointFromParts({
    host: "127.0.0.1",
    port: Number(port),
    tls: secure,
    tlsFingerprint: secure ? "ab".repeat(32) : undefined,
  }),
  profile: {
    id: "cli",
    mode: "cli",
    role: "operator",
    version: "1",
    platform: "linux",
    deviceFamily: "Linux",
    scopes: [],
    caps: [],
  },
  identity: createDeviceIdentity(0).identity,
  credential: {},
};

async function link(endAt: string): Promise<void> {
  const ended = new GatewayLink({
    ...options,
    everReady: true,
    credentials: {
      configured: async () => ({}),
      deviceToken: async () => undefined,
      saveDeviceToken: async () => undefined,
      dropDeviceToken: async () => undefined,
    },
    onEvent: () => undefined,
    onState: (state) => {
      if (state.phase === endAt) setImmediate(() => void ended.close());
    },
  });
  await ended.run();
}

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  "closed-by-us": async () => {
    const session = await openSession(options);
    await session.request("m", {});
    await session.close();
  },
  "closed-by-gateway": async () => {
    const session = await openSession(options);
    const waiting = session.request("m", {}, { timeoutMs: 60_000 }).catch(() => undefined);
    await session.closed;
    await waiting;
  },
  "not-listening": async () => await openSession(options).catch(() => undefined),
  "foreign-pin": async () => await openSession(options).catch(() => undefined),
  refused: async () => await openSession(options).catch(() => undefined),
  aborted: async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    await openSession({ ...options, signal: abort.signal }).catch(() => undefined);
  },
  "link-ready": async () => await link("ready"),
  "link-waiting": async () => await link("waiting"),
};

await ways[how]?.();
// What is being closed needs a few turns of the event loop; what leaked stays.
for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
const kinds = process.getActiveResourcesInfo();
process.stdout.write(JSON.stringify(kinds.filter((kind) => /Timeout|TCP|TLS|Socket|DNS/u.test(kind))));
