import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startScene } from "../driver/driver.test.support.ts";
import type { Scene } from "../driver/driver.test.support.ts";
import { startSite } from "./site.test.support.ts";
import type { Site } from "./site.test.support.ts";

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite();
  scene = await startScene({ opened: [new URL(site.origin).host] });
  await scene.result("POST", "/tabs/open", { url: `${site.origin}/` });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

interface Payload {
  readonly result: Readonly<Record<string, unknown>>;
  readonly files?: readonly { readonly path: string; readonly base64: string; readonly mimeType?: string }[];
}

async function call(method: string, path: string, more: object = {}): Promise<Payload> {
  const answer = await scene.invoke({ method, path, ...more });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.payload as unknown as Payload;
}

const act = (body: object): Promise<Payload> => call("POST", "/act", { body });

async function refs(): Promise<(name: string) => string> {
  const { result } = await call("GET", "/snapshot", { query: { mode: "efficient" } });
  const all = Object.entries(result["refs"] as Record<string, { name?: string }>);
  return (name) => all.find(([, target]) => target.name === name)?.[0] ?? "none";
}

describe("page routes in a managed browser", () => {
  it("read and change a page", async () => {
    await act({ kind: "wait", text: "Order form" });
    const ref = await refs();
    await act({ kind: "type", ref: ref("Name"), text: "Ada" });
    await act({ kind: "click", ref: ref("Greet") });
    const said = await act({ kind: "evaluate", fn: "() => out.textContent" });
    expect(said.result).toMatchObject({ ok: true, url: `${site.origin}/`, result: "Hello Ada" });
    await call("POST", "/hooks/dialog", { body: { accept: true } });
    await act({ kind: "click", ref: ref("Ask") });
    expect((await act({ kind: "evaluate", fn: "out.textContent" })).result["result"]).toBe("confirm=true");
    expect((await call("GET", "/console")).result["messages"]).toContainEqual(
      expect.objectContaining({ text: "clicked 1" }),
    );
  });

  it("give the files that they make", async () => {
    const kinds: readonly (readonly [string, object, string])[] = [
      ["/screenshot", {}, "image/png"],
      ["/screenshot", { type: "jpeg", fullPage: true }, "image/jpeg"],
      ["/pdf", {}, "application/pdf"],
    ];
    for (const [path, body, mimeType] of kinds) {
      const { result, files } = await call("POST", path, { body });
      expect(files).toEqual([{ path: result["path"], base64: expect.any(String), mimeType }]);
      expect(files?.[0]?.base64.length).toBeGreaterThan(1_000);
    }
    const labels = await call("GET", "/snapshot", { query: { labels: true } });
    expect(labels.files?.[0]).toMatchObject({ path: labels.result["imagePath"], mimeType: "image/png" });
    await call("POST", "/trace/start");
    const trace = await call("POST", "/trace/stop");
    expect(trace.files?.[0]?.mimeType).toBe("application/zip");
  });

  it("take files to the page and from it", async () => {
    const ref = await refs();
    mkdirSync(join(scene.stateDir, "uploads"), { recursive: true, mode: 0o700 });
    writeFileSync(join(scene.stateDir, "uploads/up.txt"), "x");
    const body = { paths: [join(scene.stateDir, "uploads/up.txt")], ref: ref("Upload") };
    await call("POST", "/hooks/file-chooser", { body });
    expect((await act({ kind: "evaluate", fn: "out.textContent" })).result["result"]).toBe("file up.txt");
    const wanted = { ref: ref("Download file"), path: "dl.bin" };
    const { result, files } = await call("POST", "/download", { body: wanted });
    expect(result["download"]).toMatchObject({ suggestedFilename: "file.bin" });
    expect(files?.[0]?.base64).toBe(Buffer.alloc(2_000, 7).toString("base64"));
  });

  it("set what pages see of the browser, through our proxy", async () => {
    const fetched = async (path: string): Promise<unknown> => {
      const fn = `() => fetch("${path}").then((a) => a.text(), () => "failed")`;
      return (await act({ kind: "evaluate", fn })).result["result"];
    };
    await call("POST", "/set/headers", { body: { headers: { "x-a": "1" } } });
    const echoed = String(await fetched("/echo"));
    expect(echoed).toContain('"x-a":"1"');
    expect(echoed).not.toContain("proxy-authorization");
    await call("POST", "/set/credentials", { body: { username: "u", password: "p" } });
    expect(await fetched("/private")).toBe("let in");
    await call("POST", "/set/offline", { body: { offline: true } });
    expect(await fetched("/data.json")).toBe("failed");
    await call("POST", "/set/offline", { body: { offline: false } });
    for (const [path, body] of [
      ["/set/timezone", { timezoneId: "Asia/Tokyo" }],
      ["/set/locale", { locale: "de-DE" }],
      ["/set/media", { colorScheme: "dark" }],
      ["/set/geolocation", { latitude: 1, longitude: 2 }],
      ["/set/device", { name: "iPhone 14" }],
    ] as const)
      expect((await call("POST", path, { body })).result).toMatchObject({ ok: true });
  });

  it("grant what an origin asks for, and tell of a dialog that an action opens", async () => {
    const state = `() => navigator.permissions.query({ name: "notifications" }).then((one) => one.state)`;
    expect((await act({ kind: "evaluate", fn: state })).result["result"]).not.toBe("granted");
    const body = { origin: `${site.origin}/x`, permissions: ["notifications"] };
    expect((await call("POST", "/permissions/grant", { body })).result).toMatchObject({
      origin: site.origin,
      grantedPermissions: ["notifications"],
    });
    expect((await act({ kind: "evaluate", fn: state })).result["result"]).toBe("granted");
    const asked = await act({ kind: "evaluate", fn: "prompt('who?')" });
    expect(asked.result).toMatchObject({ blockedByDialog: true });
    await call("POST", "/hooks/dialog", { body: { accept: false, dialogId: "d2" } });
    expect((await call("GET", "/dialogs")).result).toMatchObject({
      browserState: { dialogs: { pending: [], recent: [{ closedBy: "armed" }, { closedBy: "agent" }] } },
    });
    expect((await call("GET", "/doctor")).result).toMatchObject({ ok: true, status: { running: true } });
  });

  it("end with the call's time, and leave a page that can be used", async () => {
    for (const body of [
      { kind: "evaluate", fn: "() => { while (true); }" },
      { kind: "wait", timeMs: 60_000 },
    ])
      expect(await scene.invoke({ method: "POST", path: "/act", body, timeoutMs: 700 })).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining("timed out for POST /act after 700ms") },
      });
    expect((await act({ kind: "evaluate", fn: "1 + 1" })).result["result"]).toBe(2);
    await act({ kind: "close" });
    const again = await scene.invoke({ method: "GET", path: "/tabs" });
    expect(JSON.stringify(again)).not.toContain(site.origin);
  });
});
