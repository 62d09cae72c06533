import { describe, expect, it } from "vitest";
import { MemoryCredentials, runLink } from "./gateway-link.test.support.ts";
import {
  helloPayload,
  startGateway,
  type ScriptedGateway,
  type SeenRequest,
} from "./scripted-gateway.test.support.ts";

const MISMATCH = {
  code: "INVALID_REQUEST",
  message: "unauthorized: gateway token mismatch (provide gateway auth token)",
  details: { code: "AUTH_TOKEN_MISMATCH" },
};
const PAIRING = {
  code: "NOT_PAIRED",
  message: "pairing required: device is not approved yet",
  details: { code: "PAIRING_REQUIRED", requestId: "r-1" },
};

interface Judge {
  readonly gateway: ScriptedGateway;
  /** The credentials that came, in order. */
  readonly shown: readonly unknown[];
  /** The connects that came, in order. */
  readonly connects: readonly SeenRequest[];
}

/** A Gateway that judges each connect: an error refuses it, anything else is the hello's `auth`. */
async function judging(
  judge: (
    connect: SeenRequest,
    index: number,
  ) => { readonly error?: object; readonly auth?: Record<string, unknown> },
): Promise<Judge> {
  const shown: unknown[] = [];
  const connects: SeenRequest[] = [];
  const gateway = await startGateway(async (client, index) => {
    const connect = await client.challenge();
    connects.push(connect);
    shown.push(connect.params["auth"] ?? "nothing");
    const { error, auth } = judge(connect, index);
    if (error !== undefined) {
      client.send({ type: "res", id: connect.id, ok: false, error });
      client.socket.close(1008, "refused");
      return;
    }
    client.answer(connect.id, helloPayload(auth === undefined ? {} : { auth }));
  });
  return { gateway, shown, connects };
}

const tokenOf = (connect: SeenRequest): unknown =>
  (connect.params["auth"] as Record<string, unknown> | undefined)?.["token"];

function having(shared: string | undefined, device: string | undefined): MemoryCredentials {
  const credentials = new MemoryCredentials();
  credentials.shared = { token: shared };
  credentials.device = device;
  return credentials;
}

describe("pairing", () => {
  it("is waited for until it is approved, and the token of the hello is stored", async () => {
    const { gateway, shown } = await judging((_connect, index) =>
      index < 3 ? { error: PAIRING } : { auth: { deviceToken: "dt", role: "node", scopes: [] } },
    );
    const running = runLink(gateway.endpoint);
    expect(await running.reached("waiting")).toMatchObject({
      cause: "pairing",
      requestId: "r-1",
      why: "the Gateway refused the connection: pairing required: device is not approved yet",
    });
    await running.reached("ready");
    expect(running.story.filter((one) => one.startsWith("waiting"))).toEqual(
      Array(3).fill("waiting: pairing"),
    );
    expect(shown).toEqual(Array(4).fill("nothing"));
    await running.link.close();
    await running.end;
    expect(running.credentials.log).toEqual(["save dt []"]);
  });

  it("of the oldest Gateways, without a detail code, is waited for too", async () => {
    const { gateway } = await judging((_connect, index) =>
      index === 0
        ? { error: { code: "NOT_PAIRED", message: "pairing required", details: { requestId: "r-2" } } }
        : {},
    );
    const running = runLink(gateway.endpoint);
    expect(await running.reached("waiting")).toMatchObject({ cause: "pairing", requestId: "r-2" });
    await running.reached("ready");
  });
});

describe("credentials", () => {
  it("are the shared one before the device token", async () => {
    const { gateway, shown } = await judging(() => ({}));
    await runLink(gateway.endpoint, {}, having("shared", "device")).reached("ready");
    await runLink(gateway.endpoint, {}, having(undefined, "device")).reached("ready");
    await runLink(gateway.endpoint, {}, having("", "")).reached("ready");
    expect(shown).toEqual([{ token: "shared" }, { token: "device" }, "nothing"]);
  });

  it("that are refused give way to the device token, which is kept while it works", async () => {
    const { gateway, shown } = await judging((connect) =>
      tokenOf(connect) === "device" ? { auth: { deviceToken: "device" } } : { error: MISMATCH },
    );
    const running = runLink(gateway.endpoint, {}, having("stale", "device"));
    await running.reached("ready");
    gateway.clients[1]?.socket.close(1000);
    await running.reached("ready", 2);
    expect(shown).toEqual([{ token: "stale" }, { token: "device" }, { token: "device" }]);
    expect(running.story).toEqual([
      "connecting",
      "waiting: swap",
      "connecting",
      "ready",
      "waiting: network",
      "connecting",
      "ready",
    ]);
    expect(running.credentials.log).not.toContain("drop");
  });

  it("that are both refused end a new host", async () => {
    const { gateway, shown } = await judging(() => ({ error: MISMATCH }));
    const running = runLink(gateway.endpoint, {}, having("stale", "stale too"));
    expect(await running.end).toMatchObject({ kind: "stopped", code: "AUTH_TOKEN_MISMATCH" });
    expect(shown).toEqual([{ token: "stale" }, { token: "stale too" }]);
  });

  it("that are empty texts get no try", async () => {
    const { gateway, shown } = await judging(() => ({ error: MISMATCH }));
    expect(await runLink(gateway.endpoint, {}, having("stale", "")).end).toMatchObject({ kind: "stopped" });
    expect(await runLink(gateway.endpoint, {}, having("", "stale")).end).toMatchObject({ kind: "stopped" });
    expect(shown).toEqual([{ token: "stale" }, { token: "stale" }]);
  });

  it("that are both refused are waited out by a host that worked once; the device token is dropped", async () => {
    let good = "none";
    const { gateway, shown } = await judging((connect) =>
      tokenOf(connect) === good ? {} : { error: MISMATCH },
    );
    const running = runLink(gateway.endpoint, { everReady: true }, having("stale", "stale too"));
    expect(await running.reached("waiting", 2)).toMatchObject({ cause: "credentials" });
    expect(running.credentials.log).toEqual(["drop"]);
    // A person mends it; the next look, every five minutes, finds it.
    good = "mended";
    running.credentials.shared = { token: "mended" };
    await running.reached("ready");
    expect(shown).toEqual([{ token: "stale" }, { token: "stale too" }, { token: "mended" }]);
  });

  it("of the device that are refused are dropped, and the shared ones bring new ones", async () => {
    const { gateway, shown } = await judging((connect, index) =>
      index === 0 || tokenOf(connect) === "new shared"
        ? { auth: { deviceToken: `dt-${index}` } }
        : { error: MISMATCH },
    );
    const running = runLink(gateway.endpoint, {}, having(undefined, "device"));
    await running.reached("ready");
    // The Gateway forgets the device; the owner has set a shared token meanwhile, first a wrong one.
    running.credentials.shared = { token: "old shared" };
    gateway.clients[0]?.socket.close(1000);
    await running.reached("waiting", 2);
    running.credentials.shared = { token: "new shared" };
    await running.reached("ready", 2);
    expect(shown).toEqual([
      { token: "device" },
      { token: "old shared" },
      { token: "dt-0" },
      { token: "new shared" },
    ]);
    await running.link.close();
    await running.end;
    expect(running.credentials.log).toEqual(["save dt-0 []", "drop", "save dt-3 []"]);
  });

  it("are read again after the Gateway has changed its secret; the device token stays", async () => {
    let secret = "one";
    const { gateway, shown } = await judging((connect) =>
      [secret, "dt"].includes(String(tokenOf(connect)))
        ? { auth: { deviceToken: "dt" } }
        : { error: MISMATCH },
    );
    const running = runLink(gateway.endpoint, {}, having("one", undefined));
    await running.reached("ready");
    secret = "two";
    gateway.clients[0]?.socket.close(4001, "gateway auth changed");
    await running.reached("ready", 2);
    expect(shown).toEqual([{ token: "one" }, { token: "one" }, { token: "dt" }]);
    expect(running.credentials.log).not.toContain("drop");
  });

  it("of a removed device are dropped at once", async () => {
    const { gateway } = await judging(() => ({}));
    const running = runLink(gateway.endpoint, {}, having("shared", "dt"));
    await running.reached("ready");
    gateway.clients[0]?.socket.close(4001, "device removed");
    await running.reached("ready", 2);
    expect(running.credentials.log).toEqual(["drop"]);
  });
});

describe("the frame", () => {
  it("is signed the other way when the signature is refused", async () => {
    const invalid = { code: "INVALID_REQUEST", message: "device signature invalid" };
    const { gateway, connects } = await judging((_connect, index) => (index === 0 ? { error: invalid } : {}));
    await runLink(gateway.endpoint).reached("ready");
    const signatures = connects.map(
      ({ params }) => (params["device"] as Record<string, unknown>)["signature"],
    );
    expect(new Set(signatures).size).toBe(2);
  });

  it("loses a field that the Gateway names", async () => {
    const error = {
      code: "INVALID_REQUEST",
      message: "invalid connect params: at root: unexpected property 'pathEnv'",
    };
    const { gateway, connects } = await judging(({ params }) => ("pathEnv" in params ? { error } : {}));
    const running = runLink(gateway.endpoint);
    await running.reached("ready");
    gateway.clients[1]?.socket.close(1000);
    await running.reached("ready", 2);
    expect(connects.map(({ params }) => "pathEnv" in params)).toEqual([true, false, false]);
  });

  it("of another protocol ends even a host that worked", async () => {
    const error = { code: "INVALID_REQUEST", message: "protocol mismatch", details: { expectedProtocol: 5 } };
    const { gateway } = await judging(() => ({ error }));
    expect(await runLink(gateway.endpoint, { everReady: true }).end).toEqual({
      kind: "stopped",
      code: "PROTOCOL_MISMATCH",
      why: "the Gateway refused the connection: protocol mismatch",
    });
  });
});
