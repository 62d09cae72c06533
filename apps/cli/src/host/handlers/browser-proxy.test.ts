import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { HostBrowser } from "../../browser/host-browser.ts";
import { dispatchInvoke } from "../dispatch.ts";
import type { InvokeAnswer, InvokeCall } from "../host-context.ts";
import { hostScene, type HostScene } from "../host-scene.test.support.ts";
import { scratchDir } from "../scratch.test.support.ts";

/** The driver process of the package's own tests: real but for its browser. */
const STAND_IN = fileURLToPath(
  new URL(
    "../../../../../packages/browser-proxy/src/process/stand-in-driver.test.support.ts",
    import.meta.url,
  ),
);

interface BrowserScene extends HostScene {
  readonly browser: HostBrowser;
  configure(config: object): void;
  ask(params: unknown, call?: Partial<InvokeCall> & { readonly command?: string }): Promise<InvokeAnswer>;
  /** What was audited, shortly. */
  lines(): readonly string[];
}

function browserScene(config: object = {}, more: Parameters<typeof hostScene>[1] = {}): BrowserScene {
  const stateDir = scratchDir();
  const paths = { stateDir, configFile: join(stateDir, "openclaw.json") };
  const configure = (next: object): void =>
    writeFileSync(paths.configFile, JSON.stringify(next), { mode: 0o600 });
  configure(config);
  const log = hostScene().context.log;
  const env = { PATH: process.env["PATH"], TMPDIR: stateDir, OPENCLAW_GATEWAY_TOKEN: "secret" };
  const browser = new HostBrowser({ paths, env, log, driverEntry: STAND_IN });
  onTestFinished(async () => await browser.close());
  const scene = hostScene(undefined, { browser, gatewayHost: "gw:1", ...more });
  return {
    ...scene,
    browser,
    configure,
    ask: async (params, { command = "browser.proxy", ...call } = {}) =>
      await dispatchInvoke(
        {
          id: "i-1",
          nodeId: "n",
          command,
          paramsJSON: typeof params === "string" ? params : JSON.stringify(params),
        },
        {
          id: "i-1",
          signal: new AbortController().signal,
          protocol: 4,
          prepareSeen: false,
          maxPayloadBytes: 1_000_000,
          gatewayVersion: "2026.9.6",
          sendEvent: () => undefined,
          ...call,
        },
        scene.context,
      ),
    lines: () =>
      scene.audited.map((line) => {
        if (line.kind === "browser")
          return [line.outcome, line.reason, line.method, line.route, line.action, line.profile, line.origin]
            .filter((part) => part !== undefined)
            .join(" ");
        return line.kind === "browser-end" ? `end ${line.outcome} ${line.status ?? "-"}` : line.kind;
      }),
  };
}

function resultOf(answer: InvokeAnswer): Readonly<Record<string, unknown>> {
  if (!answer.ok) throw new Error(answer.message);
  return (JSON.parse(answer.payloadJSON ?? "{}") as { result: Readonly<Record<string, unknown>> }).result;
}

describe("browser.proxy", () => {
  it("is answered by the driver process, and written down before and after", async () => {
    const scene = browserScene();
    const answer = await scene.ask({
      path: "/tabs/open",
      method: "post",
      body: { url: "https://a.example/x?q=1" },
    });
    expect(resultOf(answer)["env"]).not.toContain("OPENCLAW_GATEWAY_TOKEN");
    expect(scene.lines()).toEqual([
      "allow browser-on POST /tabs/open openclaw https://a.example",
      "end answered 200",
    ]);
    expect(scene.audited[0]).toMatchObject({ by: "gateway", invokeId: "i-1", gateway: "gw:1" });
    expect(scene.browser.running).toEqual([]);
    await scene.ask({ path: "/start", method: "POST" });
    expect(scene.browser.running).toMatchObject([{ profile: "openclaw", tabs: 1 }]);
  });

  it("never writes down what goes into a page, or what a caller made up", async () => {
    const scene = browserScene();
    const secret = "hunter2 hunter2";
    await scene.ask({ path: "/act", method: "POST", body: { kind: "type", ref: "e1", text: secret } });
    await scene.ask({ path: "/act", method: "POST", body: { kind: secret } });
    await scene.ask({ path: `/${secret}` });
    await scene.ask({ path: "/tabs/open", method: "POST", body: { url: `data:text/html,${secret}` } });
    await scene.ask({ path: "/tabs", query: { x: secret } });
    const origin = `https://u:hunter2@a.example/${secret}`;
    await scene.ask({ path: "/permissions/grant", method: "POST", body: { origin, permissions: ["x"] } });
    expect(JSON.stringify(scene.audited)).not.toContain("hunter2");
    expect(scene.log.join("\n")).not.toContain("hunter2");
    expect(scene.lines()).toEqual([
      "allow browser-on POST /act type openclaw",
      "end answered 200",
      "allow browser-on POST /act openclaw",
      "end answered 200",
      "deny unknown-route GET openclaw",
      "allow browser-on POST /tabs/open openclaw data:",
      "end answered 200",
      "allow browser-on GET /tabs openclaw",
      "end answered 200",
      "allow browser-on POST /permissions/grant openclaw https://a.example",
      "end answered 200",
    ]);
  });

  it.each<[unknown, string]>([
    ["{", "Error: INVALID_REQUEST: paramsJSON"],
    ["null", "Error: INVALID_REQUEST: paramsJSON required"],
    [{ path: " " }, "Error: INVALID_REQUEST: path required"],
    [{ path: "/tabs", method: "PATCH" }, "Error: INVALID_REQUEST: method must be GET, POST, or DELETE"],
    [{ path: "/profiles/create", method: "POST" }, "browser.proxy cannot mutate persistent browser profiles"],
    [{ path: "/tabs", profile: "../work" }, "browser profile not allowed"],
    [{ path: "/nothing" }, "Error: Not Found"],
  ])("refuses %j before anything is started", async (params, text) => {
    const scene = browserScene({ nodeHost: { browserProxy: { allowProfiles: ["openclaw"] } } });
    const answer = await scene.ask(params);
    expect(answer).toMatchObject({ ok: false, code: "INVALID_REQUEST" });
    expect(answer.ok ? "" : answer.message).toContain(text);
    expect(scene.lines()).toHaveLength(1);
    expect(scene.lines()[0]).toMatch(/^(?:deny|invalid) /u);
  });

  it("an unknown route is an answer to those who take structured failures", async () => {
    const scene = browserScene();
    expect(await scene.ask({ path: "/nothing", errorEnvelope: "browser-v1" })).toEqual({
      ok: true,
      payload: { error: { status: 404, body: { error: "Not Found" } }, route: { status: "unavailable" } },
    });
  });

  it("speaks like the Gateway that asks", async () => {
    const scene = browserScene();
    const failing = { path: "/tabs", query: { do: "fail" } };
    expect(await scene.ask(failing)).toMatchObject({ message: "Error: browser not running" });
    expect(await scene.ask(failing, { newestGateway: true })).toMatchObject({
      message: "Error: 409: browser not running",
    });
  });
});

describe("the owner's word", () => {
  it("is read again for every call", async () => {
    const scene = browserScene();
    await scene.ask({ path: "/tabs" });
    scene.configure({ nodeHost: { browserProxy: { enabled: false } } });
    expect(await scene.ask({ path: "/tabs" })).toMatchObject({
      message: "Error: UNAVAILABLE: node browser proxy disabled",
    });
    scene.configure({ browser: { enabled: false } });
    expect(await scene.ask({ path: "/tabs" })).toMatchObject({ message: "Error: browser control disabled" });
    scene.configure({ browser: { headless: 7 } });
    expect(await scene.ask({ path: "/tabs" })).toMatchObject({ ok: false, code: "UNAVAILABLE" });
    expect(scene.lines().slice(2)).toEqual([
      "deny proxy-disabled GET /tabs openclaw",
      "deny browser-disabled GET /tabs openclaw",
      "deny bad-config GET /tabs",
    ]);
  });

  it("closes browsers that were started under other settings", async () => {
    const scene = browserScene();
    const before = resultOf(await scene.ask({ path: "/start", method: "POST" }));
    scene.configure({ browser: { ssrfPolicy: { blockedHostnames: ["a.example"] } } });
    const after = resultOf(await scene.ask({ path: "/tabs" }));
    expect(after["pid"]).not.toBe(before["pid"]);
    expect(after["browser"]).toBeNull();
    expect(scene.browser.running).toEqual([]);
  });

  it("a pause holds for browser calls, too", async () => {
    const scene = browserScene({}, { pause: { current: () => ({ since: 0, until: null, keep: false }) } });
    expect(await scene.ask({ path: "/tabs" })).toEqual({
      ok: false,
      code: "UNAVAILABLE",
      message: "UNAVAILABLE: the owner has paused this node until it is resumed; nothing was done",
    });
    expect(scene.lines()).toEqual(["deny paused GET /tabs openclaw"]);
  });

  it("what cannot be written down is not done", async () => {
    const audit = {
      record: () => {
        throw new Error("disk full");
      },
      close: () => undefined,
    };
    const scene = browserScene({}, { audit });
    expect(await scene.ask({ path: "/start", method: "POST" })).toMatchObject({
      ok: false,
      code: "UNAVAILABLE",
    });
    expect(scene.browser.running).toEqual([]);
  });
});

describe("the end of a call", () => {
  it("counts as running meanwhile, and is cancelled with the invoke", async () => {
    const scene = browserScene();
    await scene.ask({ path: "/tabs" });
    const cancel = new AbortController();
    const waiting = scene.ask({ path: "/tabs", query: { do: "wait" } }, { signal: cancel.signal });
    await new Promise<void>((resolve) => {
      const look = (): void => void (scene.context.active.size > 0 && resolve());
      scene.context.active.onChange(look);
      look();
    });
    expect(scene.context.active.list()).toMatchObject([{ invokeId: "i-1", command: "browser: GET /tabs" }]);
    setTimeout(() => cancel.abort(), 20);
    await waiting;
    expect(scene.context.active.size).toBe(0);
    expect(scene.lines().at(-1)).toMatch(/^end cancelled/u);
  });

  it("ends the page action when the Gateway no longer waits", async () => {
    const scene = browserScene();
    await scene.ask({ path: "/tabs" });
    const answer = await scene.ask({ path: "/tabs", query: { do: "wait" } }, { timeoutMs: 50 });
    expect(answer).toMatchObject({ ok: false, message: "Error: browser proxy request timed out" });
    expect(scene.lines().at(-1)).toBe("end timed-out 504");
  });

  it("a driver that crashes is told, and the next call has a new one", async () => {
    const scene = browserScene();
    expect(await scene.ask({ path: "/tabs", query: { do: "crash" } })).toEqual({
      ok: false,
      code: "UNAVAILABLE",
      message:
        "UNAVAILABLE: the browser driver of the node ended unexpectedly; ask again, a new one is started",
    });
    expect(scene.lines()).toEqual(["allow browser-on GET /tabs openclaw", "end lost -"]);
    expect(await scene.ask({ path: "/tabs" })).toMatchObject({ ok: true });
  });
});

it("browser.proxy is no command of a host without a browser", async () => {
  const { context } = hostScene();
  const call = { signal: new AbortController().signal } as unknown as InvokeCall;
  const request = { id: "i", nodeId: "n", command: "browser.proxy", paramsJSON: '{"path":"/"}' };
  expect(await dispatchInvoke(request, call, context)).toMatchObject({ message: "command not supported" });
});
