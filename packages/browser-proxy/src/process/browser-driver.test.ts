import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { driverScene, gone, isAlive } from "./browser-driver.test.support.ts";

describe("the driver process", () => {
  it("is started by the first call, answers further ones, and knows nothing of the host's environment", async () => {
    process.env["OPENCLAW_GATEWAY_TOKEN"] = "a secret of the host";
    const { driver, result } = driverScene();
    expect(driver.pid).toBeUndefined();
    const [first, second] = await Promise.all([result({}), result({})]);
    expect(first["pid"]).toBe(driver.pid);
    expect(second["pid"]).toBe(first["pid"]);
    const own = ["NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "PATH", "TMPDIR"];
    expect(own).toEqual(expect.arrayContaining(first["env"] as string[]));
  });

  it("tells which browsers run, and ends soon after the last one", async () => {
    const changes: number[] = [];
    const { driver, result } = driverScene({
      lingerMs: 10,
      onChange: () => changes.push(driver.browsers.length),
    });
    const { pid, browser } = await result({ method: "POST", path: "/start" });
    expect(driver.browsers).toEqual([{ profile: "openclaw", pid: browser, tabs: 1, sinceMs: 1 }]);
    expect(isAlive(browser)).toBe(true);
    await result({ method: "POST", path: "/stop" });
    await gone(pid, browser);
    expect(driver.pid).toBeUndefined();
    expect(changes).toEqual([1, 0]);
    expect((await result({}))["pid"]).not.toBe(pid);
  });

  it("stays while a browser runs", async () => {
    const { result } = driverScene({ lingerMs: 1 });
    const { pid } = await result({ method: "POST", path: "/start" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await result({}))["pid"]).toBe(pid);
  });

  it("gives its answer as text, how the call ended, and of the page the origin only", async () => {
    const { ask } = driverScene();
    const page = "https://user:pw@example.com:8443/private?q=secret#x";
    expect(await ask({ query: { url: page } })).toMatchObject({
      kind: "answer",
      answer: { ok: true },
      end: { how: "answered", status: 200, origin: "https://example.com:8443" },
    });
    const refused = await ask({ query: { do: "fail" } });
    expect(refused).toMatchObject({ answer: { ok: false, message: "Error: 409: browser not running" } });
    expect(refused).toMatchObject({ end: { how: "answered", status: 409 } });
    expect(await ask({ query: { do: "fail" } }, { era: "2026.2" })).toMatchObject({
      answer: { message: "Error: browser not running" },
    });
  });

  it("takes a body of ten megabytes, and answers the next call", async () => {
    const { ask, result } = driverScene();
    const body = { kind: "type", text: "x".repeat(10 * 1024 * 1024) };
    expect(await ask({ method: "POST", path: "/act", body })).toMatchObject({ kind: "answer" });
    expect(await result({})).toHaveProperty("pid");
  });

  it("keeps an answer within what the Gateway takes", async () => {
    const { ask } = driverScene();
    const big = await ask({ query: { chars: 2000 } }, { maxPayloadBytes: 1000 });
    expect(big).toMatchObject({ answer: { ok: false }, end: { status: 413 } });
    expect(JSON.stringify(big)).toMatch(/the answer has 2\d{3} bytes and this Gateway takes 1000/u);
    expect(await ask({ query: { chars: 26_000_000 } }, { maxPayloadBytes: 1e9 })).toMatchObject({
      answer: { message: "Error: browser proxy payload exceeds 24 MiB encoded limit" },
    });
  });

  it("puts files that came along where the route reads them, and takes them away after it", async () => {
    const { ask, dir } = driverScene();
    const files = [
      { name: "../../a.txt", contentBase64: "aGk=" },
      { name: "a.txt", contentBase64: "" },
    ];
    const reply = await ask(
      {
        method: "POST",
        path: "/hooks/file-chooser",
        body: { ref: "e1" },
        upload: { envelope: "browser-upload-v1", files },
      },
      { command: "browser.proxy.upload.v1" },
    );
    const { result } = JSON.parse(
      reply.kind === "answer" && reply.answer.ok ? reply.answer.payloadJSON : "{}",
    ) as { result: { body: { ref: string; paths: string[] } } };
    expect(result.body.ref).toBe("e1");
    expect(result.body.paths.map((path) => path.replace(/sent-\w{6}/u, "sent"))).toEqual([
      join(dir, "sent/a.txt"),
      join(dir, "sent/a.txt"),
    ]);
    expect(new Set(result.body.paths).size).toBe(2);
    expect(result.body.paths.filter((path) => existsSync(path))).toEqual([]);
  });
});

describe("what goes wrong in the driver process", () => {
  it("a crash answers what waits, takes the browser along, and the next call starts a new one", async () => {
    const { ask, heard, log, result } = driverScene();
    const { pid, browser } = await result({ method: "POST", path: "/start" });
    const waiting = ask({ query: { do: "wait" } });
    await heard("info: waiting");
    expect(await ask({ query: { do: "crash" } })).toEqual({ kind: "lost", why: "ended" });
    expect(await waiting).toEqual({ kind: "lost", why: "ended" });
    await gone(pid, browser);
    expect(log.at(-1)).toBe("warn: the browser driver is gone: it ended unexpectedly (SIGKILL)");
    expect((await result({}))["pid"]).not.toBe(pid);
  });

  it("an uncaught error is told by its place, never by its text", async () => {
    const { ask, log } = driverScene();
    expect(await ask({ query: { do: "throw" } })).toEqual({ kind: "lost", why: "ended" });
    expect(log.join("\n")).toMatch(
      /exit code 1, TypeError at stand-in-driver\.test\.support\.ts:\d+:\d+\)$/u,
    );
    expect(log.join("\n")).not.toContain("secret");
  });

  it("one that does not answer in time is killed", async () => {
    const { ask, log, result } = driverScene({ guardMs: 200 });
    const { pid } = await result({});
    expect(await ask({ query: { do: "block" } }, { timeoutMs: 50 })).toEqual({ kind: "lost", why: "silent" });
    await gone(pid);
    expect(log.at(-1)).toBe("warn: the browser driver is gone: it did not answer a call in time");
    expect((await result({}))["pid"]).not.toBe(pid);
  });

  it("one that says what nobody can read is killed", async () => {
    const { ask, log } = driverScene();
    expect(await ask({ query: { do: "garble" } })).toMatchObject({ kind: "lost" });
    expect(log).toEqual(["warn: the browser driver is gone: it said something that cannot be read"]);
  });

  it("one that cannot be started answers so", async () => {
    const { ask, log } = driverScene({ entry: "/nonexistent/driver.js" });
    expect(await ask({})).toEqual({ kind: "lost", why: "ended" });
    expect(log.join()).toMatch(/it ended unexpectedly \(exit code 1/u);
  });
});

describe("the end of calls", () => {
  it("a cancelled call ends the page action, and nothing else", async () => {
    const { ask, heard, result } = driverScene();
    const { pid } = await result({});
    const cancel = new AbortController();
    const waiting = ask({ query: { do: "wait" } }, { signal: cancel.signal });
    await heard("info: waiting");
    cancel.abort();
    expect(await waiting).toMatchObject({ kind: "answer", end: { how: "timed-out" } });
    expect((await result({}))["pid"]).toBe(pid);
  });

  it("a cancelled call of a driver that hangs ends it", async () => {
    const { ask, heard, result } = driverScene({ guardMs: 200 });
    const { pid } = await result({});
    const cancel = new AbortController();
    const waiting = ask({ query: { do: "block" } }, { signal: cancel.signal });
    await heard("info: blocking");
    cancel.abort();
    expect(await waiting).toEqual({ kind: "lost", why: "silent" });
    await gone(pid);
  });

  it("what was cancelled before it began is not asked", async () => {
    const { ask, driver } = driverScene();
    expect(await ask({}, { signal: AbortSignal.abort() })).toEqual({ kind: "lost", why: "closed" });
    expect(driver.browsers).toEqual([]);
  });

  it("too many calls at once are refused", async () => {
    const { ask } = driverScene();
    const cancel = new AbortController();
    const many = Array.from({ length: 64 }, () => ask({ query: { do: "wait" } }, cancel));
    expect(await ask({})).toEqual({ kind: "lost", why: "busy" });
    cancel.abort();
    await Promise.all(many);
  });

  it("closing ends the driver with its browser, answers what waits, and lets nothing start", async () => {
    const { ask, driver, heard, result } = driverScene();
    const { pid, browser } = await result({ method: "POST", path: "/start" });
    const waiting = ask({ query: { do: "wait" } });
    await heard("info: waiting");
    await driver.close();
    expect([pid, browser].filter(isAlive)).toEqual([]);
    expect(await waiting).toEqual({ kind: "lost", why: "closed" });
    expect(await ask({})).toEqual({ kind: "lost", why: "closed" });
    expect(driver.pid).toBeUndefined();
  });
});
