import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { readSystemdUnit } from "./systemd-reader.ts";
import { renderSystemdUnit } from "./systemd-unit.ts";

/** Lines that ours says differently from the recorded unit of 2026.6.1, and why. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  Type: "systemd knows when the host is ready",
  NotifyAccess: "who may say so",
  WatchdogSec: "a host that hangs is started again",
  RestartPreventExitStatus: "wrong usage is not mended by a restart either",
  KillMode: "as the release of September 2026: the host stops its runs itself",
  Delegate: "a cgroup for every run",
  OOMPolicy: "one greedy run is no reason to stop the host",
  UMask: "state is the owner's",
  LimitCORE: "a dump would hold secrets",
};

function settings(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => /^[A-Z][A-Za-z]*=/u.test(line) && !line.startsWith("Environment="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

test("beside the recorded unit: the same but for the named deviations", () => {
  const official = readFileSync(new URL("fixtures/official-2026.6.1.service", import.meta.url), "utf8");
  const recorded = readSystemdUnit(official);
  const ours = renderSystemdUnit({
    stateProfile: "default",
    scope: "user",
    user: undefined,
    description: recorded?.description ?? "",
    command: recorded?.command as [string, ...string[]],
    environment: recorded?.environment ?? new Map(),
    secrets: new Map(),
    secretsFile: "/home/user/.openclaw/node.systemd.env",
    notify: { kind: "command" },
    harden: false,
    systemdVersion: undefined,
  });
  const [theirs, mine] = [settings(official), settings(ours)];
  const keys = [...new Set([...theirs.keys(), ...mine.keys()])];
  expect(keys.filter((key) => theirs.get(key) !== mine.get(key)).toSorted()).toEqual(
    Object.keys(DEVIATIONS).toSorted(),
  );
  expect(readSystemdUnit(ours)?.environment).toEqual(recorded?.environment);
});
