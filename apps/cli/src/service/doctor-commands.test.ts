import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { doctor } from "../commands/node-doctor.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { DOCTOR_RUNGS } from "./doctor-rungs.ts";
import { answering, installed, json, moveProgram, perform, type Json } from "./doctor.test.support.ts";
import { machine, screenful, stateDirOf } from "./systemd-stand-in.test.support.ts";

/** What is not well, without what depends on this machine. */
const levels = (document: Json): string[] =>
  document.checks
    .filter(({ id, level }: Json) => level !== "ok" && !["browser", "path", "shell"].includes(id))
    .map(({ id, level }: Json) => `${level} ${id}`);

describe("node doctor", () => {
  it("finds nothing to mend where all is well", async () => {
    const on = await installed();
    await answering(on);
    const found = await json(on);
    expect(found).toMatchObject({ ok: true });
    expect(levels(found)).toEqual([]);
    const { stdout, code, asked } = await perform(on);
    expect(code).toBe(0);
    expect(asked).toEqual(["ws://127.0.0.1:19598"]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("Nothing to mend.");
  });

  it("shows the rungs in the order of its table, and each of them", async () => {
    const on = await installed();
    await answering(on);
    const ids: string[] = (await json(on)).checks.map(({ id }: Json) => id);
    const shown = DOCTOR_RUNGS.map(({ id }) => id).filter((id) => ids.includes(id));
    expect(ids.filter((id, index) => ids.indexOf(id) === index)).toEqual(shown);
    // These are told only where their file is, or where something is wrong with one.
    const files = ["settings", "device-identity", "device-tokens", "policy-file", "service-secrets", "files"];
    expect(DOCTOR_RUNGS.map(({ id }) => id).filter((id) => !ids.includes(id) && !files.includes(id))).toEqual(
      [],
    );
  });

  it("is fine with a machine that has no node yet, and asks no Gateway", async () => {
    const { code, stdout, asked } = await perform(machine());
    expect([code, asked]).toEqual([0, []]);
    expect(stdout).toContain("mend it with: openclaw node install\n");
    expect(stdout).toContain(
      "-        dns, tcp, proxy, tls, in-the-way, upgrade, challenge, clock: not reached: no Gateway",
    );
  });

  it("looks where it is told to, before anything is saved", async () => {
    const { asked } = await perform(machine(), { host: "10.1.2.3", port: 443, tls: true });
    expect(asked).toEqual(["wss://10.1.2.3:443"]);
  });

  it("fails for what keeps the host from working, and names the way out", async () => {
    const on = await installed();
    on.linger = "no";
    const dir = stateDirOf(on);
    writeFileSync(join(dir, "node.json"), "{ broken", { mode: 0o600 });
    writeFileSync(join(dir, "exec-approvals.json"), "[]", { mode: 0o644 });
    chmodSync(dir, 0o755);
    moveProgram(on);
    const found = await json(on);
    expect(found.ok).toBe(false);
    expect(levels(found)).toEqual(
      expect.arrayContaining([
        "warning state-directory",
        "warning policy-file",
        "error files",
        "error gateway-address",
        "not-reached dns",
        "not-reached surface",
        "error policy",
        "error service-entry-missing",
        "warning lingering",
      ]),
    );
    const { code, stdout } = await perform(on);
    expect(code).toBe(1);
    expect(stdout).toContain(`mend it with: chmod 700 ${dir}\n`);
    expect(stdout).toContain("mend it with: openclaw node install --force\n");
    expect(stdout).toMatch(/\d errors, \d warnings\.\n$/u);
  });

  it.each<[string, object, object]>([
    [
      "pairing",
      { link: { phase: "waiting", cause: "pairing", requestId: "r-7" } },
      { code: "not-paired", on: "gateway", command: "openclaw devices approve r-7" },
    ],
    [
      "credentials",
      { link: { phase: "waiting", cause: "credentials", why: "token mismatch" } },
      { code: "credential-refused", text: "token mismatch" },
    ],
    [
      "surface",
      { surface: { stage: "pending", requestId: "s-1" } },
      { code: "commands-pending", command: "openclaw nodes approve s-1" },
    ],
    ["surface", { surface: { stage: "rejected" } }, { code: "commands-rejected" }],
    ["surface", { surface: { stage: "not-asked", added: ["system.which"] } }, { code: "commands-not-asked" }],
  ])("tells at %s what a host with %j waits for", async (id, parts, expected) => {
    const on = await installed();
    await answering(on, parts);
    expect((await json(on)).checks.find((one: Json) => one.id === id)).toMatchObject(expected);
  });

  it("sees the same identity in another state directory", async () => {
    const on = machine();
    for (const name of [".openclaw", ".openclaw-lab"]) {
      mkdirSync(join(on.home, name, "identity"), { recursive: true, mode: 0o700 });
      writeFileSync(join(on.home, name, "identity/device.json"), '{"version":1,"deviceId":"dd"}', {
        mode: 0o600,
      });
    }
    expect((await json(on)).checks.at(-1)).toMatchObject({ id: "identity", code: "identity-copied" });
  });
});

describe("the look of node doctor at a Gateway", () => {
  it("shows nobody a token or a header of the host", async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.on("data", (data) => {
        heard.push(data.toString("latin1"));
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      });
      socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const on = machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token", DOOR: "s3cret-door" });
    const gateway = { host: "127.0.0.1", port, tls: false, headers: { "X-Door": "env:DOOR" } };
    const node = JSON.stringify({ version: 1, nodeId: "n-1", gateway });
    writeFileSync(join(stateDirOf(on), "node.json"), node, { mode: 0o600 });
    const screen = screenful();
    expect(await doctor(inputOf({ json: true }), screen.io, on.system)).toBe(0);
    const { checks } = JSON.parse(screen.stdout());
    // Those headers are what the door wants: the host may well be let in.
    expect(checks.find(({ id }: Json) => id === "in-the-way")).toMatchObject({
      level: "warning",
      code: "door-closed",
    });
    expect(heard.join("\n")).toMatch(/^GET \/ HTTP\/1\.1\r\n/u);
    expect(`${heard.join("\n")}${screen.stdout()}`).not.toContain("s3cret");
  });
});
