// The browser of a host, end to end: real host, real driver process, real Chromium, and what is left of them.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import { runCli, type NodeProcess } from "./scenarios/node-process.ts";

type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers of a program under test

const CALL_MS = 50_000;
const BROWSER = { headless: true, noSandbox: process.getuid?.() === 0 };

interface Scene {
  readonly node: NodeProcess;
  readonly visitor: Visitor;
  readonly cli: (...words: readonly string[]) => ReturnType<typeof runCli>;
  /** One browser call of the Gateway. */
  readonly ask: (call: object) => Promise<Json>;
}

async function scene(browser: object = BROWSER): Promise<Scene> {
  const dir = stateDir({
    "exec-approvals.json": FULL_POLICY,
    "openclaw.json": JSON.stringify({ browser }),
  });
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: dir });
  await node.line(/connected to the Gateway/u);
  const visitor = await gateway.visitor(0);
  let count = 0;
  return {
    node,
    visitor,
    cli: (...words) => runCli(["node", ...words], { stateDir: dir }),
    ask: async (call) => {
      count += 1;
      visitor.invoke(`b-${count}`, "browser.proxy", { timeoutMs: CALL_MS, ...call });
      return await visitor.result(`b-${count}`);
    },
  };
}

/** Every process that was started for this state directory, the host but not this test. */
function processesOf({ stateDir: dir }: NodeProcess): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return command !== "" && (command.includes(dir) || environment.includes(`HOME=${dir}\0`))
          ? [command]
          : [];
      } catch {
        return [];
      }
    });
}

async function nothingLeft(node: NodeProcess): Promise<void> {
  await vi.waitFor(() => expect(processesOf(node)).toEqual([]), { timeout: 15_000, interval: 50 });
}

/** Resident memory of the host process itself, in MiB. */
function residentMiB({ child }: NodeProcess): number {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1]) / 1024;
}

async function site(page: string): Promise<{ readonly url: string; readonly host: string }> {
  const server = createServer((_request, response) =>
    response.setHeader("content-type", "text/html; charset=utf-8").end(page),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/` };
}

describe("openclaw node browser", { timeout: 120_000 }, () => {
  it("shows, opens and closes what the owner asks for, and leaves nothing behind", async () => {
    const { node, cli } = await scene();
    const before = await cli("browser");
    expect([before.code, before.stderr]).toEqual([0, ""]);
    expect(before.stdout).toMatch(/^Browser: \w+ at \/\S+, playwright-core \d.*\nRunning: none\n$/u);
    expect((await cli("status")).stdout).toMatch(/^Browser: \w+ \(\/\S+\), not running$/mu);

    const opened = await cli("browser", "open", "--json");
    expect([opened.code, JSON.parse(opened.stdout)]).toEqual([
      0,
      expect.objectContaining({ ok: true, browserProfile: "openclaw", url: "about:blank" }),
    ]);
    expect((await cli("browser", "status")).stdout).toMatch(/^Running: openclaw \(pid \d+, \d tabs?, up /mu);
    const status = await cli("status", "--json");
    expect(JSON.parse(status.stdout).browser).toMatchObject({
      problem: null,
      running: [{ profile: "openclaw" }],
    });

    for (const [words, said] of [
      [["file:///etc/passwd"], 'Navigation blocked: unsupported protocol "file:"'],
      [["http://127.0.0.1:9/"], "browser navigation blocked by policy"],
      [["no address"], "invalid URL"],
      [["--browser-profile", "../x"], 'Profile "../x" not found'],
    ] as const) {
      const refused = await cli("browser", "open", ...words);
      expect([refused.code, refused.stdout]).toEqual([1, ""]);
      expect(refused.stderr).toContain(said);
      expectReadable(refused.stderr);
    }
    expect((await cli("browser", "stop")).stdout).toBe("Closed the browser profile openclaw.\n");
    expect((await cli("browser", "stop")).stdout).toBe("No browser of the node host was running.\n");
    await vi.waitFor(() => expect(processesOf(node)).toHaveLength(1), { timeout: 15_000, interval: 50 });
    const log = await runCli(["approvals", "log"], { stateDir: node.stateDir });
    expect(log.stdout).toMatch(/owner +allow +400 +browser: POST \/tabs\/open file: \(open/u);
    expect(await node.stop()).toBe(0);
    await nothingLeft(node);
  });

  it("is off where the configuration says so: not offered, not answered, not started", async () => {
    const { visitor, cli, ask, node } = await scene({ enabled: false });
    const connect = await visitor.frame(({ method }) => method === "connect");
    expect(connect.params.caps).toEqual(["system"]);
    expect(connect.params.commands).not.toContain("browser.proxy");
    expect((await ask({ path: "/" })).error).toMatchObject({ message: "command not supported" });
    const opened = await cli("browser", "open");
    expect([opened.code, opened.stderr]).toEqual([1, expect.stringContaining("the browser is off")]);
    const status = (await cli("browser")).stdout;
    expect(status).toContain("the browser is off (browser.enabled in openclaw.json)");
    expect(processesOf(node)).toHaveLength(1);
  });

  it("says what is missing where no browser can be found, in status, doctor and answers", async () => {
    const { cli, ask } = await scene({ executablePath: "/nonexistent/chromium" });
    const missing = "browser.executablePath names no program that can be started";
    expect((await cli("status")).stdout.replaceAll(/\s+/gu, " ")).toContain(missing);
    expect((await cli("browser")).stdout.replaceAll(/\s+/gu, " ")).toContain(missing);
    expect((await cli("doctor")).stdout.replaceAll(/\s+/gu, " ")).toContain(missing);
    expect((await ask({ method: "POST", path: "/start" })).error.message).toContain(missing);
  });

  it("needs a host", async () => {
    const dir = stateDir();
    const stop = await runCli(["node", "browser", "stop", "--json"], { stateDir: dir });
    expect([stop.code, JSON.parse(stop.stdout).error.code]).toEqual([1, "not-running"]);
    const status = await runCli(["node", "browser", "status", "--json"], { stateDir: dir });
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      0,
      expect.objectContaining({ hostRunning: false, offered: null, running: [] }),
    ]);
  });
});

describe("the end of a host with a browser", { timeout: 120_000 }, () => {
  it.each(["SIGKILL", "SIGTERM"] as const)("%s leaves no process", async (signal) => {
    const { node, ask } = await scene();
    expect(
      (await ask({ method: "POST", path: "/tabs/open", body: { url: "about:blank" } })).error,
    ).toBeUndefined();
    expect(processesOf(node).length).toBeGreaterThan(3);
    node.child.kill(signal);
    expect(await node.exited).toBe(signal === "SIGTERM" ? 0 : null);
    await nothingLeft(node);
  });

  it("a driver that is killed is noticed, and the next call has a browser again", async () => {
    const { node, ask } = await scene();
    const start = async (): Promise<Json> => await ask({ method: "POST", path: "/start" });
    expect(await start()).toMatchObject({ result: { ok: true } });
    const driver = readFileSync(`/proc/${node.child.pid}/task/${node.child.pid}/children`, "utf8").trim();
    process.kill(Number(driver), "SIGKILL");
    await node.line(/the browser driver is gone: it ended unexpectedly \(SIGKILL\)/u);
    expect(await start()).toMatchObject({ result: { ok: true } });
    expect((await ask({ path: "/" })).result).toMatchObject({ running: true });
  });
});

it("the host's own memory stays as it was through big pages and pictures", { timeout: 120_000 }, async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => `<p><a href="#${index}">row ${index}</a></p>`);
  const page = await site(`<!doctype html><title>Big</title>${rows.join("")}`);
  const { node, ask } = await scene({ ...BROWSER, ssrfPolicy: { allowedHostnames: [page.host] } });
  const before = residentMiB(node);
  const { result } = await ask({ method: "POST", path: "/tabs/open", body: { url: page.url } });
  const { targetId } = result;
  for (let round = 0; round < 2; round += 1) {
    const query = { targetId, maxChars: 20_000 };
    const { snapshot, truncated } = (await ask({ path: "/snapshot", query })).result;
    expect([snapshot.length <= 20_100, truncated]).toEqual([true, true]);
    const picture = await ask({ method: "POST", path: "/screenshot", body: { targetId, fullPage: true } });
    expect(picture.error?.message ?? "").toMatch(/^$|this Gateway takes/u);
  }
  expect(residentMiB(node) - before).toBeLessThan(10);
});
