import { describe, expect, test } from "vitest";

import { renderSystemdUnit, type SystemdUnit } from "./systemd-unit.ts";

const unit: SystemdUnit = {
  stateProfile: "default",
  scope: "system",
  user: "ann",
  description: "OpenClaw Node Host",
  command: ["/usr/bin/node", "/opt/openclaw/main.js", "node", "run"],
  environment: new Map([["HOME", "/home/ann"]]),
  secrets: new Map(),
  secretsFile: "/etc/openclaw/openclaw-node.env",
  notify: { kind: "open-file", socket: "/run/systemd/notify" },
  harden: true,
  systemdVersion: undefined,
};

function directives(systemdVersion: number | undefined, more: Partial<SystemdUnit> = {}): string[] {
  const text = renderSystemdUnit({ ...unit, systemdVersion, ...more });
  return text.split("\n").filter((line) => line.includes("="));
}

describe("directives that an old systemd does not know", () => {
  const newest = directives(undefined);

  test.each([
    [257, []],
    [253, []],
    [252, ["OpenFile"]],
    [247, ["OpenFile"]],
    [244, ["OpenFile", "ProtectClock"]],
    [
      241,
      ["OOMPolicy", "OpenFile", "ProtectClock", "ProtectHostname", "ProtectKernelLogs", "RestrictSUIDSGID"],
    ],
  ])("%d lacks %j, and nothing else is left out", (version, lacking) => {
    const there = directives(version);
    const left = newest.filter((line) => !there.includes(line)).map((line) => line.split("=")[0] ?? "");
    expect(left.toSorted()).toEqual(lacking);
    expect(there.filter((line) => !newest.includes(line))).toEqual([]);
  });

  test("readiness by exec came with 240", () => {
    const notify = { kind: "none" } as const;
    expect(directives(240, { notify })).toContain("Type=exec");
    expect(directives(239, { notify })).toContain("Type=simple");
  });
});
