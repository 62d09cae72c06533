import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { html, processesOf, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite((incoming, answer) => {
    html(answer, `<title>page ${incoming.url ?? ""}</title><p>hello`);
  });
  const ssrfPolicy = { allowedHostnames: [`127.0.0.1:${String(site.port)}`] };
  const profiles = { work: { color: "#0066cc" } };
  scene = await startScene({ config: { noSandbox: true, ssrfPolicy, profiles } });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

describe("a browser's life", () => {
  it("status and tabs do not start one", async () => {
    expect(await scene.result("GET", "/")).toMatchObject({ running: false, pid: null, headless: true });
    expect(await scene.result("GET", "/tabs")).toEqual({ running: false, tabs: [] });
    expect(scene.browsers.idle).toBe(true);
  });

  it("calls that come together start one browser", async () => {
    const started = await Promise.all([
      scene.result("POST", "/start"),
      scene.result("POST", "/start"),
      scene.result("POST", "/tabs/open", { url: `${site.origin}/first` }),
    ]);
    expect(started[0]).toEqual({ ok: true, profile: "openclaw" });
    const [status] = scene.browsers.status();
    expect(status).toMatchObject({ profile: "openclaw", running: true, tabs: 2 });
    expect(scene.log.filter((line) => line.includes("has started"))).toHaveLength(1);
    expect(await scene.result("GET", "/")).toMatchObject({ running: true, pid: status?.pid, cdpPort: null });
  });

  it("another browser profile has a browser and a directory of its own", async () => {
    const work = await scene.invoke({ method: "POST", path: "/start", profile: "work" });
    expect(work).toEqual({ ok: true, payload: { result: { ok: true, profile: "work" } } });
    const [first, second] = scene.browsers.status();
    expect(second).toMatchObject({ profile: "work", running: true, color: "#0066CC", tabs: 1 });
    expect([second?.pid, second?.userDataDir]).not.toContain(first?.pid);
    expect(second?.userDataDir).not.toBe(first?.userDataDir);
    const stopped = await scene.invoke({ method: "POST", path: "/stop", profile: "work" });
    expect(stopped).toMatchObject({ payload: { result: { stopped: true } } });
    expect(scene.browsers.status().map(({ running }) => running)).toEqual([true, false]);
  });

  it("a killed browser is noticed, and a new one answers the next call", async () => {
    const before = scene.browsers.status()[0]?.pid ?? 0;
    const data = join(scene.stateDir, "browser", "openclaw", "user-data");
    const socket = await readlink(join(data, "SingletonSocket"));
    process.kill(before, "SIGKILL");
    const opened = await scene.result("POST", "/tabs/open", { url: `${site.origin}/again` });
    expect(opened).toMatchObject({ url: `${site.origin}/again` });
    const after = scene.browsers.status()[0]?.pid ?? 0;
    expect(after).toBeGreaterThan(0);
    expect(after).not.toBe(before);
    // It could not clean up itself.
    await expect(readdir(dirname(socket))).rejects.toThrow("ENOENT");
  });

  it("is noticed by routes of a page, too, which then find a new browser", async () => {
    const tab = await scene.result("POST", "/tabs/open", { url: `${site.origin}/lost` });
    const click = { kind: "click", targetId: tab["targetId"], selector: "p" };
    for (const [method, path, body, expected] of [
      ["POST", "/act", click, { ok: false, error: { message: expect.stringContaining("not found") } }],
      // Answered from memory, of which a new browser has none.
      ["GET", "/requests", undefined, { ok: true, payload: { result: { requests: [] } } }],
    ] as const) {
      const before = scene.browsers.status()[0]?.pid ?? 0;
      process.kill(before, "SIGKILL");
      expect(await scene.invoke({ method, path, body, errorEnvelope: undefined })).toMatchObject(expected);
      expect(scene.browsers.status()[0]).toMatchObject({ running: true });
      expect(scene.browsers.status()[0]?.pid).not.toBe(before);
    }
  });

  it("a program that is no browser is told, and nothing is left of the attempt", async () => {
    const broken = await startScene({ config: { executablePath: "/bin/false", noSandbox: true } });
    const answer = await broken.invoke({ method: "POST", path: "/tabs/open", body: { url: "about:blank" } });
    expect(answer).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^Error: 500: the browser does not start: /) },
    });
    expect(await readdir(join(broken.stateDir, "browser", "openclaw"))).toEqual(["user-data"]);
    expect(broken.browsers.idle).toBe(true);
    await broken.close();
  });

  it("browsers that are not ours to start are refused with the reason", async () => {
    const profiles = {
      far: { cdpUrl: "http://user:secret@127.0.0.1:9" },
      user: { driver: "existing-session" },
    };
    const other = await startScene({ config: { profiles, attachOnly: true } });
    for (const [profile, reason] of [
      ["far", /^Error: 500: the browser of the browser profile "far" cannot be reached; check/],
      ["user", /^Error: 501: .*needs the driver/],
      ["openclaw", /^Error: 501: .*attachOnly/],
      ["nobody", /^Error: 404: Profile "nobody" not found/],
    ] as const) {
      const answer = await other.invoke({ method: "POST", path: "/start", profile });
      expect(answer).toMatchObject({ ok: false, error: { message: expect.stringMatching(reason) } });
      expect(JSON.stringify(answer)).not.toContain("secret");
    }
    await other.close();
  });

  it("has talked to nobody but the pages that were asked for", () => {
    const targets = new Set(scene.egress.map(({ target }) => target));
    expect([...targets]).toEqual([`127.0.0.1:${String(site.port)}`]);
  });

  it("ends with the process that drives it, however that ends", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "openclaw-killed-"));
    const program = fileURLToPath(new URL("killed-driver.test.support.ts", import.meta.url));
    const driver = spawn(process.execPath, [program, stateDir], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(driver.stdout, "data")) as [Buffer];
    expect(await processesOf(join(stateDir, "browser"))).toContain(Number(line.toString()));
    driver.kill("SIGKILL");
    await expect.poll(() => processesOf(join(stateDir, "browser")), { timeout: 10_000 }).toEqual([]);
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it("stop ends it, and leaves nothing", async () => {
    expect(await scene.result("POST", "/stop")).toEqual({ ok: true, stopped: true, profile: "openclaw" });
    expect(await scene.result("POST", "/stop")).toMatchObject({ stopped: false });
    expect(await processesOf(scene.stateDir)).toEqual([]);
    const left = await readdir(join(scene.stateDir, "browser", "openclaw"));
    expect(left).toEqual(["user-data"]);
    const data = await readdir(join(scene.stateDir, "browser", "openclaw", "user-data"));
    expect(data.filter((name) => name.startsWith("Singleton"))).toEqual([]);
    expect(scene.browsers.idle).toBe(true);
  });
});
