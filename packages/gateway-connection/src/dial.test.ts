import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { alternating, dial, type DialOptions } from "./dial.ts";
import { CONNECTION_LIMITS } from "./limits.ts";
import { failureOf } from "./node-profile.test.support.ts";
import { freePort } from "./scripted-gateway.test.support.ts";

const never = new AbortController().signal;
const QUICK = { ...CONNECTION_LIMITS, nextAddressMs: 20 };
/** Of the loopback, but nobody listens there unless a test says so. */
const SILENT = "127.0.0.2";
/** Accepts nothing and has no more places to wait in: whoever connects hears nothing at all. */
const FULL = `
import socket, sys
full = socket.socket()
full.bind(("${SILENT}", int(sys.argv[1])))
full.listen(0)
fill = [socket.socket() for _ in range(4)]
for one in fill:
    one.setblocking(False)
    one.connect_ex(full.getsockname())
print("full", flush=True)
sys.stdin.read()
`;

async function silence(port: number): Promise<void> {
  const child = spawn("python3", ["-c", FULL, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
}

async function listening(host: string): Promise<number> {
  const server: Server = createServer((socket) => socket.on("error", () => undefined)).listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function reached(port: number, options: DialOptions): Promise<string | undefined> {
  const socket = await dial({ host: "gw.test", port, secure: false }, never, { limits: QUICK, ...options });
  const { remoteAddress } = socket;
  socket.destroy();
  return remoteAddress;
}

const answers = (...addresses: string[]): DialOptions => ({ lookup: async () => addresses });

describe("dialling", () => {
  it.each(["127.0.0.1", "::1"])("an address is not looked up: %s", async (host) => {
    const port = await listening(host);
    const lookup = async (): Promise<never> => await Promise.reject(new Error("asked"));
    const socket = await dial({ host, port, secure: false }, never, { lookup });
    expect(socket.remoteAddress).toBe(host);
    socket.destroy();
  });

  it.each([
    ["127.0.0.1", ["::1", "127.0.0.1"]],
    ["::1", ["127.0.0.1", "::1"]],
    ["127.0.0.1", ["127.0.0.2", "127.0.0.3", "::1", "127.0.0.1"]],
  ])("finds %s among %j, where all others refuse", async (host, addresses) => {
    expect(await reached(await listening(host), answers(...addresses))).toBe(host);
  });

  it("does not wait for an address that is silent, in either family", async () => {
    const port = await listening("127.0.0.1");
    await silence(port);
    expect(await reached(port, answers(SILENT, "127.0.0.1"))).toBe("127.0.0.1");
    expect(await reached(port, answers(SILENT, "::1", "127.0.0.1"))).toBe("127.0.0.1");
  });

  it("asks for the addresses each time, and says when it has them", async () => {
    const port = await listening("127.0.0.1");
    const told: string[] = [];
    const zone = [["127.0.0.2"], ["127.0.0.1"]];
    const options = {
      lookup: async () => {
        told.push("asked");
        return zone.shift() ?? [];
      },
      onResolved: () => void told.push("resolved"),
    };
    await expect(reached(port, options)).rejects.toMatchObject({ details: { system: "ECONNREFUSED" } });
    expect(await reached(port, options)).toBe("127.0.0.1");
    expect(told).toEqual(["asked", "resolved", "asked", "resolved"]);
  });

  it("says that the connection was refused, also where another family has no route", async () => {
    const port = await freePort();
    const place = { host: "gw.test", port, secure: false };
    expect(await failureOf(dial(place, never, answers("127.0.0.1", "::1")))).toMatchObject({
      code: "unreachable",
      details: { system: "ECONNREFUSED" },
    });
  });

  it.each([
    ["a name that does not exist", Object.assign(new Error("no"), { code: "ENOTFOUND" }), "ENOTFOUND"],
    ["a name server that is away", Object.assign(new Error("no"), { code: "EAI_AGAIN" }), "EAI_AGAIN"],
  ])("names %s", async (_what, error, system) => {
    const place = { host: "gw.test", port: 1, secure: false };
    const lookup = async (): Promise<never> => await Promise.reject(error);
    expect(await failureOf(dial(place, never, { lookup }))).toMatchObject({
      code: "unreachable",
      details: { system },
    });
  });

  it("a name without any address is a name that is not found", async () => {
    const place = { host: "gw.test", port: 1, secure: false };
    expect(await failureOf(dial(place, never, answers()))).toMatchObject({
      details: { system: "ENOTFOUND" },
    });
  });

  it.each(["before", "while the name is looked up", "while nobody answers"])(
    "can be given up %s",
    async (when) => {
      const abort = new AbortController();
      if (when === "before") abort.abort(new Error("over"));
      const port = await freePort();
      await silence(port);
      const place = { host: "gw.test", port, secure: false };
      const options: DialOptions = when.includes("name")
        ? { lookup: async () => await new Promise(() => abort.abort(new Error("over"))) }
        : { ...answers(SILENT), onResolved: () => setImmediate(() => abort.abort(new Error("over"))) };
      await expect(dial(place, abort.signal, options)).rejects.toThrow("over");
    },
  );
});

describe("the order of addresses", () => {
  it.each([
    [
      ["a:1::", "b:1::", "1.1.1.1"],
      ["a:1::", "1.1.1.1", "b:1::"],
    ],
    [
      ["1.1.1.1", "a:1::", "b:1::", "c:1::"],
      ["1.1.1.1", "a:1::", "b:1::", "c:1::"],
    ],
    [[], []],
  ])("%j becomes %j", (given, wanted) => expect(alternating(given)).toEqual(wanted));
});
