import { describe, expect, it } from "vitest";
import { HOST_COMMANDS } from "../host/declared-commands.ts";
import { readHostAnswer } from "./host-answer.ts";
import { showStatus } from "./status-screen.ts";
import type { StatusReport } from "./status-report.ts";
import { screenful } from "./systemd-stand-in.test.support.ts";

const RUN = ["system.run", "system.run.prepare"];

function shown(surface: object): string {
  const host = readHostAnswer({
    ok: true,
    pid: 1,
    gateway: "ws://gw:1",
    link: { phase: "ready", since: 1, protocol: 4 },
    surface,
  });
  const report = {
    target: { stateProfile: "default", scope: "user", stateDir: "/s" },
    service: {
      service: { label: "systemd", loaded: false, loadedText: "enabled", notLoadedText: "disabled" },
      runtime: { status: "stopped" },
      logs: [],
      startHints: [],
      findings: [],
    },
    host,
    connection: { text: "connected", ready: true },
    problems: [],
    supervised: false,
  } as unknown as StatusReport;
  const screen = screenful(200);
  showStatus(report, screen.io, 2);
  return screen.stdout();
}

describe("node status about the command surface", () => {
  it.each<[object, string]>([
    [
      { stage: "approved", declared: HOST_COMMANDS, approved: HOST_COMMANDS },
      "Commands: approved\nDeclared: all\n",
    ],
    [
      { stage: "approved", declared: ["system.which"], approved: ["system.which"] },
      "Commands: approved\nDeclared: system.which (not system.run, system.run.prepare, system.execApprovals.get, system.execApprovals.set, browser.proxy, browser.proxy.upload.v1)\n",
    ],
    [
      { stage: "pending", added: RUN, declared: [...RUN, "system.which"], approved: ["system.which"] },
      "Commands: waiting for the approval of system.run, system.run.prepare\nDeclared: system.run, system.run.prepare, system.which (not system.execApprovals.get, system.execApprovals.set, browser.proxy, browser.proxy.upload.v1)\nApproved: system.which\n",
    ],
    [
      { stage: "not-asked", added: RUN, declared: HOST_COMMANDS, approved: ["system.which"] },
      "Commands: this Gateway does not ask its operator about what was added; remove the node there to pair anew\nDeclared: all\nApproved: system.which\n",
    ],
    [
      { stage: "pending", requestId: "r-1", declared: HOST_COMMANDS, approved: [] },
      "Commands: waiting for approval\nDeclared: all\nApproved: none of them yet\n",
    ],
    [
      { stage: "rejected", added: RUN, declared: HOST_COMMANDS, approved: ["system.which"] },
      "Commands: the operator rejected system.run, system.run.prepare\nDeclared: all\nApproved: system.which\n",
    ],
    // A host of an older version.
    [{ stage: "approved" }, "Commands: approved\n"],
  ])("shows what is declared and what is approved: %j", (surface, lines) => {
    expect(shown(surface)).toContain(lines);
  });
});
