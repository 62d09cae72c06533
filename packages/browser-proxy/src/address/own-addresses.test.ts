import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { parseIp } from "./ip-address.ts";
import { judgeNavigation } from "./navigation.ts";
import { judgeAddresses } from "./reach.ts";
import { readReachPolicy } from "./reach-policy.ts";
import type { ReachConfig } from "./reach-policy.ts";
import { systemOwnAddresses } from "./own-addresses.ts";

const interfaces = ["127.0.0.1", "93.184.216.34", "2606:4700::1", "fe80::1%eth0"];

function judged(
  host: string,
  config: ReachConfig = {},
  own: readonly string[] | undefined = interfaces,
): string {
  const policy = { ...readReachPolicy(config), ownAddresses: () => own };
  const literal = judgeNavigation(`http://${host.includes(":") ? `[${host}]` : host}:8099/`, policy);
  const address = parseIp(host);
  if (address === undefined) throw new Error(host);
  const target = { host: "name.example", port: 8099, address: undefined };
  const resolved = judgeAddresses(target, [address], policy);
  const said = [literal, resolved].map((verdict) => (verdict.ok ? "ok" : verdict.reason));
  return [...new Set(said)].join(" / ");
}

describe("public addresses of this machine", () => {
  it("are this machine, in every spelling, and other ones are not", () => {
    for (const host of ["93.184.216.34", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2606:4700::1"])
      expect(`${host} ${judged(host)}`).toBe(`${host} loopback`);
    for (const host of ["93.184.216.35", "2606:4700::2", "64:ff9b::5db8:d823"])
      expect(`${host} ${judged(host)}`).toBe(`${host} ok`);
  });

  it("are opened by the owner only, and all are closed when nobody knows which they are", () => {
    expect(judged("93.184.216.34", { allowedHostnames: ["93.184.216.34:8099"] })).toBe("ok");
    expect(judged("93.184.216.34", { allowedHostnames: ["93.184.216.34:80"] })).toBe("loopback");
    expect(judged("93.184.216.34", { dangerouslyAllowPrivateNetwork: true })).toBe("ok");
    const policy = { ...readReachPolicy({}), ownAddresses: () => undefined };
    expect(judgeNavigation("http://93.184.216.35/", policy)).toMatchObject({ reason: "loopback" });
  });

  it("are asked of the system", () => {
    expect(systemOwnAddresses()).toContain("127.0.0.1");
  });

  // Only root makes interfaces.
  it.runIf(process.getuid?.() === 0)("keep the proxy away when a real interface has one", () => {
    const program = fileURLToPath(new URL("own-address.test.support.ts", import.meta.url));
    const up = 'ip link set lo up && ip addr add 93.184.216.34/32 dev lo && exec "$0" "$@"';
    const words = ["-n", "/bin/sh", "-c", up, process.execPath, program];
    const { stdout, stderr } = spawnSync("unshare", words, { encoding: "utf8" });
    expect(stderr).not.toContain("Error");
    expect(stdout).toBe("loopback\n");
  });
});
