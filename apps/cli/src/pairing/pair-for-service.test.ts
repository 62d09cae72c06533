import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDevGateway } from "@openclaw/dev-gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { install } from "../commands/node-install.ts";
import { inputOf, scratchDir } from "../host/scratch.test.support.ts";
import { machine, screenful, stateDirOf } from "../service/systemd-stand-in.test.support.ts";

describe("node install --pair-file", () => {
  it("pairs first; the service starts with the device token and knows no code", async () => {
    const gateway = await startDevGateway();
    onTestFinished(async () => await gateway.close());
    const on = machine();
    const url = gateway.joinUrl();
    const file = join(scratchDir(), "code");
    writeFileSync(file, url, { mode: 0o600 });
    const screen = screenful();
    const options = { "pair-file": file, json: true };
    expect(await install(inputOf(options), screen.io, on.system, on.program)).toBe(0);
    const { ok, warnings } = JSON.parse(screen.stdout());
    expect([ok, warnings ?? []]).toEqual([true, []]);
    expect(screen.stderr()).toMatch(/paired with the Gateway at ws:\/\/127\.0\.0\.1:/u);
    const code = url.slice(url.lastIndexOf("/") + 1);
    const written = [...on.files.values()].map((content) => JSON.stringify(content)).join("\n");
    expect(written).toContain(String(gateway.port));
    for (const text of [written, screen.stdout(), screen.stderr()]) expect(text).not.toContain(code);
    const tokens = readFileSync(join(stateDirOf(on), "identity", "device-auth.json"), "utf8");
    expect(JSON.parse(tokens).tokens.node.token).toMatch(/\S{20}/u);
  });

  it("installs nothing when the code is not taken", async () => {
    const gateway = await startDevGateway({ era: "2026.6" });
    onTestFinished(async () => await gateway.close());
    const on = machine();
    const file = join(scratchDir(), "code");
    writeFileSync(file, gateway.joinUrl(), { mode: 0o600 });
    const screen = screenful();
    expect(await install(inputOf({ "pair-file": file }), screen.io, on.system, on.program)).toBe(1);
    expect(screen.stderr()).toMatch(/expired or was used already/u);
    expect(on.files.size).toBe(0);
    expect(existsSync(join(stateDirOf(on), "node.json"))).toBe(false);
  });

  it("is left to the account of a system service", async () => {
    const on = machine();
    const screen = screenful();
    const options = { "pair-file": "/no/such/file", system: true };
    expect(await install(inputOf(options), screen.io, on.system, on.program)).toBe(1);
    expect(screen.stderr()).toMatch(/paired as the account that it runs as/u);
  });
});
