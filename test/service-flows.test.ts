// The commands themselves on macOS and Windows, as far as that can be tried elsewhere: the built command, told that it
// is on another platform, with recording stand-ins for the platform's tools. Official releases were recorded the same
// way; what ours does differently is named here, with the reason, and nothing else may differ.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const run = promisify(execFile);
const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const PRELOAD = fileURLToPath(new URL("service/other-platform.mjs", import.meta.url));
const STAND_IN = fileURLToPath(new URL("service/manager-stand-in.sh", import.meta.url));
const TOKEN = "s3cret-token-0123456789";
const COMMANDS = ["install", "status", "restart", "stop", "uninstall"] as const;

type Command = (typeof COMMANDS)[number];
type Json = any; // oxlint-disable-line typescript/no-explicit-any -- answers under test
const FLOWS = ["darwin", "win32", "win32-denied"] as const;
type Flow = (typeof FLOWS)[number];

/** Of the release of June 2026. */
const recorded: Readonly<
  Record<
    Flow,
    {
      readonly calls: Readonly<Record<Command, readonly string[]>>;
      readonly answers: Readonly<Record<Command, Json>>;
      readonly statusText: readonly string[];
    }
  >
> = JSON.parse(readFileSync(new URL("service/recorded-flows.json", import.meta.url), "utf8"));

/** What ours leaves out of a recorded list of orders, what it does besides, and why. */
interface Deviation {
  readonly without?: readonly string[];
  readonly first?: readonly string[];
  readonly also?: readonly string[];
  readonly why: string;
}

const ADA = "C:\\Users\\ada";
const PLIST = "HOME/Library/LaunchAgents/ai.openclaw.node.plist";
const TASK = "/TN OpenClaw Node";
const DEVIATIONS: Readonly<Record<Flow, Partial<Record<Command, Deviation>>>> = {
  darwin: {
    install: {
      without: [`launchctl bootout DOMAIN ${PLIST}`, `launchctl unload ${PLIST}`],
      why: "nothing is loaded at a first install; `unload` is the old name of bootout",
    },
    restart: {
      without: [
        "launchctl enable DOMAIN/ai.openclaw.node",
        "launchctl bootout DOMAIN/ai.openclaw.node",
        `launchctl bootstrap DOMAIN ${PLIST}`,
      ],
      also: ["launchctl kickstart -k DOMAIN/ai.openclaw.node"],
      why: "as the releases before June 2026: one order, no moment without a loaded service",
    },
    uninstall: {
      without: [`launchctl bootout DOMAIN ${PLIST}`, `launchctl unload ${PLIST}`],
      why: "the service is not loaded any more: it was stopped before",
    },
  },
  win32: {
    uninstall: {
      first: [`schtasks /End ${TASK}`],
      why: "a task that is deleted while it runs leaves its launcher behind",
    },
  },
  "win32-denied": {
    install: {
      also: ["wscript //B //NoLogo STATE\\node.vbs"],
      why: "ours starts the host through the same launcher as the task; the official one starts it by itself",
    },
    restart: {
      also: ["wscript //B //NoLogo STATE\\node.vbs"],
      why: "as above",
    },
  },
};

/** Nothing is known of a process that the Startup folder started, and that is said in fewer words. */
const SAID_SHORTER: readonly string[] = ["Runtime: unknown (Startup-folder login item installed"];

interface Machine {
  command(words: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }>;
  /** Orders behind these first ones; questions are left out. */
  readonly orders: (seen: number) => string[];
}

function machine(flow: Flow): Machine {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "openclaw-flow-")));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const bin = join(home, "bin");
  const own = join(home, "machine");
  mkdirSync(bin);
  mkdirSync(own);
  const system32 = "C:\\Windows\\System32";
  const node = "C:\\Program Files\\nodejs\\node.exe";
  for (const name of ["launchctl", `${system32}\\schtasks.exe`, `${system32}\\wscript.exe`, node])
    cpSync(STAND_IN, join(bin, name));
  // Windows paths are names in the current directory here.
  cpSync(STAND_IN, join(home, node));
  return {
    command: async (words) => {
      const env = {
        PATH: `${bin}:/usr/bin:/bin`,
        USERDOMAIN: "LAB",
        HOME: flow === "darwin" ? home : ADA,
        NO_COLOR: "1",
        OPENCLAW_GATEWAY_TOKEN: TOKEN,
        TEST_MACHINE: own,
        TEST_PLATFORM: flow.split("-")[0] ?? "",
        ...(flow === "win32-denied" ? { TEST_DENIED: "1" } : {}),
      };
      const argv = ["--import", PRELOAD, ENTRY, "node", ...words];
      const answer = await run(process.execPath, argv, { env, cwd: home, encoding: "utf8" }).catch(
        (error: Json) => error,
      );
      return { code: answer.code ?? 0, stdout: answer.stdout };
    },
    orders: (seen) => {
      const log = join(own, "calls.log");
      const calls = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
      return calls
        .filter(isOrder)
        .slice(seen)
        .map((call) => neutral(call, home));
    },
  };
}

function isOrder(call: string): boolean {
  return !/^launchctl print |^schtasks \/Query\b|^node /u.test(call);
}

/** Without what depends on the machine. */
function neutral(call: string, home: string): string {
  return call
    .replaceAll(`${ADA}\\.openclaw`, "STATE")
    .replaceAll(`${home}/.openclaw`, "STATE")
    .replaceAll(home, "HOME")
    .replaceAll("/home/user", "HOME")
    .replaceAll(/gui\/\d+/gu, "DOMAIN")
    .replaceAll(/\/XML \S+/gu, "/XML FILE")
    .replaceAll(/\/RU \S+/gu, "/RU USER");
}

/** The recorded orders with the named differences; a difference that is none is an error. */
function expected(flow: Flow, command: Command): string[] {
  const { without = [], first = [], also = [] } = DEVIATIONS[flow][command] ?? {};
  const orders = recorded[flow].calls[command].filter(isOrder).map((call) => neutral(call, "/home/user"));
  for (const left of without) expect(orders, `${flow} ${command}`).toContain(left);
  return [...first, ...orders.filter((call) => !without.includes(call)), ...also];
}

describe.each(FLOWS)("the recorded flow of %s", (flow) => {
  it("is ours, but for the named differences", async () => {
    const on = machine(flow);
    const address = ["--host", "gw.example", "--port", "19598", "--tls", "--display-name", "Lab"];
    let seen = 0;
    for (const command of COMMANDS) {
      const orders = expected(flow, command);
      const { code, stdout } = await on.command([
        command,
        ...(command === "install" ? address : []),
        "--json",
      ]);
      expect(code, `${command}: ${stdout}`).toBe(0);
      // A launcher is started and left alone: what it writes down may come later.
      await vi.waitFor(() => expect(on.orders(seen), command).toEqual(orders));
      seen += orders.length;
      const { warnings: _, message: __, ...answer } = JSON.parse(stdout);
      if (command === "status") {
        expectStatus(answer, recorded[flow].answers.status);
        const text = (await on.command(["status"])).stdout.split("\n");
        for (const line of recorded[flow].statusText.filter((known) => /^(?:Service|Runtime): /u.test(known)))
          expect(text).toContain(
            SAID_SHORTER.includes(line.split(";")[0] ?? "") ? `${line.split(";")[0]})` : line,
          );
      } else expect(answer).toEqual(recorded[flow].answers[command]);
      expect(stdout).not.toContain(TOKEN);
    }
  });
});

/** The recorded keys with values of the same kind; ours has more beside them. */
function expectStatus({ service }: Json, { service: theirs }: Json): void {
  const { command, runtime, ...facts } = service;
  const { command: theirCommand, runtime: theirRuntime, ...theirFacts } = theirs;
  expect(facts).toEqual(theirFacts);
  const words = (all: readonly string[]): readonly string[] => all.slice(all.indexOf("node"));
  expect(words(command.programArguments)).toEqual(
    words(theirCommand.programArguments).toSpliced(6, 0, "--tls"),
  );
  for (const name of Object.keys(theirCommand)) expect(command).toHaveProperty(name);
  for (const name of Object.keys(theirRuntime)) expect(runtime).toHaveProperty(name);
  expect(runtime.status).toBe(theirRuntime.status);
}
