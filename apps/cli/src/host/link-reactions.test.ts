import type { DevGatewayOptions, ScriptedRefusal } from "@openclaw/dev-gateway";
import {
  CLOSE_ROWS,
  REFUSAL_ROWS,
  UNCODED_ROWS,
  type CloseReaction,
  type CloseRow,
  type LinkState,
  type RefusalReaction,
  type RefusalRow,
} from "@openclaw/gateway-connection";
import { describe, expect, it } from "vitest";
import { linkScene, MemoryCredentials, TOKEN, type Scene } from "./link-reactions.test.support.ts";

/** A name that stands for others, and those that it stands for. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  "AUTH_TAILSCALE_*": ["IDENTITY_MISSING", "PROXY_MISSING", "WHOIS_FAILED", "IDENTITY_MISMATCH"].map(
    (name) => `AUTH_TAILSCALE_${name}`,
  ),
  "AUTH_*": ["AUTH_OF_NEXT_YEAR"],
};
const REFUSALS = REFUSAL_ROWS.flatMap((row) =>
  (MEMBERS[row.code] ?? [row.code]).map((code): [string, RefusalRow] => [code, row]),
);

/** Refuses the first connects as long as the list lasts. */
function refusing(...refusals: ScriptedRefusal[]): DevGatewayOptions {
  return { refuse: () => refusals.shift() };
}

function refusal(code: string, row: RefusalRow): ScriptedRefusal {
  const details = { code, requestId: "r-1" };
  const hints = row.reaction === "wait-as-told" ? { retryAfterMs: 60_000, retryable: true } : {};
  return {
    error: { code: "INVALID_REQUEST", message: row.message ?? "unauthorized: no", details, ...hints },
  };
}

const isReady = ({ state }: LinkState): boolean => state === "ready";
const isWaiting = ({ phase }: LinkState): boolean => phase === "waiting";
const isStopped = ({ phase }: LinkState): boolean => phase === "stopped";
const isOver = ({ phase }: LinkState): boolean => phase === "waiting" || phase === "stopped";

/** Follows a link that is refused once, to the hello that it gets then. */
async function refusedOnce(code: string, row: RefusalRow): Promise<Scene> {
  const credentials = new MemoryCredentials();
  if (row.reaction === "other-credential") credentials.device = TOKEN;
  const scene = await linkScene(refusing(refusal(code, row)), {}, credentials);
  await scene.reached(isReady);
  return scene;
}

const AFTER_REFUSAL: Readonly<Record<RefusalReaction, (scene: Scene) => void>> = {
  "wait-for-pairing": ({ states }) =>
    expect(states.find(isWaiting)).toMatchObject({ state: "pairing-pending", requestId: "r-1" }),
  retry: ({ states }) => expect(states.find(isWaiting)).toMatchObject({ cause: "swap" }),
  "wait-as-told": ({ states }) => {
    const waiting = states.find(isWaiting);
    expect(waiting).toMatchObject({ state: "backing-off", cause: "gateway-busy" });
    if (waiting?.phase === "waiting") expect(waiting.retryAt - waiting.since).toBeCloseTo(66, 0);
  },
  "other-credential": ({ states, connects }) => {
    expect(states.find(isWaiting)).toMatchObject({ cause: "swap" });
    expect(connects).toHaveLength(2);
  },
  "other-signature": ({ states, connects }) => {
    expect(states.find(isWaiting)).toMatchObject({ cause: "swap" });
    expect(connects[0]?.device.signature).not.toBe(connects[1]?.device.signature);
  },
  "omit-field": ({ states, connects }) => {
    expect(states.find(isWaiting)).toMatchObject({ cause: "swap" });
    expect(connects.map(({ pathEnv }) => pathEnv)).toEqual(["/usr/bin:/bin", undefined]);
  },
  "fix-credential": ({ states }) => expect(states.find(isWaiting)).toMatchObject({ cause: "credentials" }),
  "send-anew": ({ states }) => expect(states.find(isWaiting)).toMatchObject({ cause: "network" }),
  "give-up": ({ states }) => expect(states.find(isWaiting)).toMatchObject({ cause: "credentials" }),
};

describe("a Gateway that refuses a connect", () => {
  it.each(REFUSALS.filter(([code]) => code !== "PROTOCOL_MISMATCH"))(
    "with %s gets what the table says, and is connected to when it takes us",
    async (code, row) => {
      const scene = await refusedOnce(code, row);
      AFTER_REFUSAL[row.reaction](scene);
    },
  );

  it.each(REFUSALS.filter(([, { message }]) => message !== undefined))(
    "without a code for %s is understood by its message",
    async (code, row) => {
      const { error } = refusal(code, row);
      const scene = await linkScene({
        ...refusing({ error: { code: "INVALID_REQUEST", message: error.message } }),
        era: "2026.2",
      });
      const state = await scene.reached(isOver);
      if (code === "PROTOCOL_MISMATCH") expect(state).toMatchObject({ state: "stopped", code });
      else if (row.reaction === "wait-for-pairing") expect(state).toMatchObject({ state: "pairing-pending" });
      else if (row.reaction === "retry" || row.reaction === "other-signature")
        expect(state).toMatchObject({ cause: "swap" });
      else if (row.reaction === "send-anew") expect(state).toMatchObject({ cause: "network" });
      else if (row.reaction === "wait-as-told") expect(state).toMatchObject({ cause: "gateway-busy" });
      else expect(state).toMatchObject({ cause: "credentials" });
    },
  );

  it.each(REFUSALS)(
    "with %s ends a host that never had a hello only if a person must act",
    async (code, row) => {
      const always: DevGatewayOptions = { refuse: () => refusal(code, row) };
      const scene = await linkScene(always, { everReady: false });
      const acts = row.reaction !== "wait-for-pairing" && row.reaction !== "wait-as-told";
      if (acts && code !== "DEVICE_AUTH_SIGNATURE_EXPIRED") {
        const state = await scene.reached(({ phase }) => phase === "stopped");
        expect(state).toMatchObject({ state: "stopped", code });
        // Nothing is hammered: what can be tried besides is tried once or twice.
        expect(scene.connects.length).toBeLessThanOrEqual(3);
      } else {
        await scene.reached((state) => state.phase === "waiting" && state.cause !== "swap");
        expect(scene.link.state.phase).not.toBe("stopped");
      }
    },
  );

  it("by its protocol ends every host", async () => {
    const { link, reached } = await linkScene({
      refuse: () => ({ error: { code: "INVALID_REQUEST", message: "protocol mismatch" } }),
    });
    await reached(({ phase }) => phase === "stopped");
    expect(link.state).toMatchObject({ code: "PROTOCOL_MISMATCH" });
  });
});

const retryAfterMs = 60_000;
const SCHEMA = "invalid connect params: at root: unexpected property";
/** What a Gateway says without a detail code that we know, in the order of the rows, and what follows. */
const UNCODED: readonly (readonly [RefusalReaction, number, ScriptedRefusal])[] = [
  ["omit-field", 0.25, { error: { code: "INVALID_REQUEST", message: `${SCHEMA} 'pathEnv'` } }],
  [
    "wait-as-told",
    2.2,
    {
      error: {
        code: "LATER",
        message: "x",
        retryable: true,
        retryAfterMs,
        details: { code: "OF_NEXT_YEAR" },
      },
    },
  ],
  [
    "wait-as-told",
    2.2,
    {
      error: { code: "UNAVAILABLE", message: "gateway starting", details: { reason: "startup-sidecars" } },
      close: { code: 1013, reason: "gateway starting" },
    },
  ],
  ["send-anew", 0.85, { error: { code: "INVALID_REQUEST", message: `${SCHEMA} 'device'` } }],
];

describe("a Gateway that refuses without a detail code", () => {
  it("says what has a row, and each row is said", () => {
    expect(UNCODED_ROWS.map(({ reaction }) => reaction)).toEqual(UNCODED.map(([reaction]) => reaction));
  });

  it.each(UNCODED)("leads to %s: a wait of %d s for %j", async (reaction, seconds, said) => {
    const scene = await linkScene(refusing(said));
    await scene.reached(isReady);
    const waiting = scene.states.find(isWaiting);
    if (waiting?.phase === "waiting")
      expect((waiting.retryAt - waiting.since) * 1000).toBeCloseTo(seconds * 1000, 0);
    if (reaction === "wait-as-told") expect(waiting).toMatchObject({ cause: "gateway-busy" });
    else AFTER_REFUSAL[reaction](scene);
    // A host that was never connected ends only where nothing else can be tried.
    const fresh = await linkScene({ refuse: () => said }, { everReady: false });
    if (reaction === "wait-as-told")
      expect(await fresh.reached(isWaiting)).toMatchObject({ phase: "waiting" });
    else expect(await fresh.reached(isStopped)).toMatchObject({ code: said.error.code });
  });
});

/** What follows a close, in the words of the machine. */
const AFTER_CLOSE: Readonly<Record<CloseReaction, { readonly cause: string; readonly drops: number }>> = {
  reconnect: { cause: "network", drops: 0 },
  "reconnect-now": { cause: "swap", drops: 0 },
  "gateway-restarts": { cause: "gateway-down", drops: 0 },
  "new-credentials": { cause: "network", drops: 0 },
  "new-device-token": { cause: "network", drops: 1 },
};

describe("a Gateway that closes", () => {
  it.each(CLOSE_ROWS.map((row): [string, CloseRow] => [`${row.code} ${row.reason ?? ""}`, row]))(
    "with %s gets what the table says, and is connected to again",
    async (_name, { code, reason, reaction }) => {
      const { gateway, reached, states, credentials, connects, forget } = await linkScene();
      await reached(isReady);
      forget();
      if (code === 1006) gateway.closeClients("cut");
      else if (code === 1005) gateway.closeClients("no code");
      else gateway.closeClients({ code, reason: reason ?? "some reason" });
      const waiting = await reached(isWaiting);
      expect(waiting).toMatchObject({ state: "backing-off", cause: AFTER_CLOSE[reaction].cause });
      expect(waiting.why).toMatch(
        reaction === "reconnect-now" ? /reloads/u : new RegExp(`code ${code}`, "u"),
      );
      await reached(isReady);
      expect(credentials.dropped).toBe(AFTER_CLOSE[reaction].drops);
      // The shared token counts again, whatever was used before.
      expect(connects[1]?.auth?.token).toBe(TOKEN);
      expect(states.some(({ state }) => state === "stopped")).toBe(false);
    },
  );

  it("after it said that it shuts down is given time", async () => {
    const { gateway, reached } = await linkScene();
    await reached(isReady);
    await gateway.close({ restart: true });
    expect(await reached(({ state }) => state === "draining")).toMatchObject({
      why: "the Gateway is shutting down",
    });
    expect(await reached(isWaiting)).toMatchObject({ cause: "gateway-down" });
  });
});
