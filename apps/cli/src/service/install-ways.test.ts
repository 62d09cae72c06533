import { describe, expect, it } from "vitest";
import { install } from "../commands/node-install.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { machine, screenful, type Machine } from "./systemd-stand-in.test.support.ts";

const KEY = `sha256//${Buffer.alloc(32, 7).toString("base64")}`;
const OPTIONS = {
  host: "gw.example",
  "tls-fingerprint": ["ab".repeat(32), KEY],
  "tls-ca": "/etc/openclaw/ca.pem",
  header: ["X-Door-Key=env:DOOR_KEY", "Authorization=file:/etc/openclaw/door"],
};

async function installed(on: Machine): Promise<{ unit: string; rest: string; screen: string }> {
  const screen = screenful();
  expect(await install(inputOf(OPTIONS), screen.io, on.system, on.program)).toBe(0);
  const files = [...on.files].map(([path, file]) => [path, JSON.stringify(file)] as const);
  const [unit = ["", ""]] = files.filter(([path]) => path.endsWith(".service"));
  const rest = files.filter((file) => file !== unit).map(([, text]) => text);
  return { unit: unit[1], rest: rest.join("\n"), screen: screen.stdout() + screen.stderr() };
}

describe("a service", () => {
  it("is started with pins, CA file and sources of headers; their values are in the file with the secrets", async () => {
    const { unit, rest, screen } = await installed(
      machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token-0123456789", DOOR_KEY: "hush-hush" }),
    );
    for (const word of [
      `${"ab".repeat(32)},${KEY}`,
      "--tls-ca",
      "X-Door-Key=env:DOOR_KEY",
      "/etc/openclaw/door",
    ])
      expect(unit).toContain(word);
    expect(unit + screen).not.toContain("hush");
    expect(rest).toMatch(/DOOR_KEY=.{0,3}hush-hush/u);
  });

  it("whose header has no value here is installed with a warning", async () => {
    const { screen } = await installed(machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token-0123456789" }));
    expect(screen.replace(/\s+/gu, " ")).toContain("takes its value from DOOR_KEY has none");
  });
});
