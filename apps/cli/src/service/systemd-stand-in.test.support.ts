import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandOutcome, ServiceSystem } from "@openclaw/service-installer";
import { onTestFinished } from "vitest";
import type { CommandIo } from "../command.ts";
import { scratchDir } from "../host/scratch.test.support.ts";
import type { ThisProgram } from "./this-program.ts";

/** A Linux machine whose files are in memory and whose systemd does as it is told; everything is recorded. */
export interface Machine {
  readonly home: string;
  readonly system: ServiceSystem;
  readonly program: ThisProgram;
  readonly files: Map<string, { text: string; mode: number }>;
  /** Orders to the service manager, in order, without questions. */
  readonly orders: string[];
  /** What systemd answers instead, by the beginning of the order. */
  readonly failing: Map<string, string>;
  state: { enabled: boolean; running: boolean };
  linger: "yes" | "no";
  /** What `systemctl --user` says when there is no bus. */
  noBus: string | undefined;
}

const PID = 4242;
const NODE = "/usr/bin/node";

export function machine(env: Readonly<Record<string, string>> = {}, nodeVersion = "v24.21.0"): Machine {
  const home = scratchDir();
  const files = new Map<string, { text: string; mode: number }>();
  const known = new Map<string, "file" | "directory">([
    [home, "directory"],
    [NODE, "file"],
    ["/opt/openclaw/dist/main.js", "file"],
    ["/opt/node/bin/node", "file"],
    ["/run/systemd/system", "directory"],
    ["/usr/bin/systemd-notify", "file"],
  ]);
  const exited = (stdout: string, code = 0, stderr = ""): CommandOutcome => ({
    kind: "exited",
    code,
    stdout,
    stderr,
  });
  const self: Machine = {
    home,
    files,
    orders: [],
    failing: new Map(),
    state: { enabled: false, running: false },
    linger: "yes",
    noBus: undefined,
    program: {
      entry: "/opt/openclaw/dist/main.js",
      execPath: "/opt/node/bin/node",
      runtime: "node",
      version: "24.21.0",
    },
    system: {
      platform: "linux",
      env: { HOME: home, PATH: "/usr/bin", XDG_RUNTIME_DIR: "/run/user/1000", ...env },
      self: { name: "ann", uid: 1000, gid: 1000, home },
      temporaryDir: "/nowhere",
      run: async (argv) => answer(self, argv, exited, nodeVersion),
      factsOf: (path) => {
        const file = files.get(path);
        if (file !== undefined) return { kind: "file", mode: file.mode, uid: 1000 };
        const kind = known.get(path);
        return kind === undefined ? undefined : { kind, mode: 0o755, uid: 1000 };
      },
      readFile: (path) => {
        const file = files.get(path);
        return file === undefined ? undefined : Buffer.from(file.text);
      },
      list: (path) =>
        [...files.keys()].filter((name) => dirname(name) === path).map((name) => name.slice(path.length + 1)),
      writeFile: (path, content, mode) => void files.set(path, { text: content.toString("utf8"), mode }),
      makeDirectory: (path) => {
        known.set(path, "directory");
        return [path];
      },
      removeFile: (path) => files.delete(path),
      removeDirectory: () => true,
      account: async (name) => (name === "ann" ? { name, uid: 1000, gid: 1000, home } : undefined),
    },
  };
  return self;
}

function answer(
  self: Machine,
  argv: readonly string[],
  exited: (stdout: string, code?: number, stderr?: string) => CommandOutcome,
  nodeVersion: string,
): CommandOutcome {
  const [program = "", ...rest] = argv;
  if (program === NODE) return exited(`${nodeVersion}\n`);
  if (program === "/opt/node/bin/node") return exited("v24.21.0\n");
  if (program === "loginctl") return exited(`Linger=${self.linger}\n`);
  if (program !== "systemctl") return { kind: "missing" };
  if (self.noBus !== undefined) return exited("", 1, self.noBus);
  const words = rest.filter((word) => !word.startsWith("-"));
  const [verb = ""] = words;
  if (verb === "show") return exited(words.length === 1 ? "Version=252 (252.1)\n" : shown(self));
  self.orders.push(words.join(" "));
  const problem = self.failing.get(verb);
  if (problem !== undefined) return exited("", 1, problem);
  if (verb === "enable") self.state.enabled = true;
  if (verb === "restart" || verb === "start") self.state.running = true;
  if (verb === "stop") self.state.running = false;
  if (verb === "disable") self.state = { enabled: false, running: false };
  return exited("");
}

function shown({ state, home, files }: Machine): string {
  const unit = join(home, ".config/systemd/user/openclaw-node.service");
  return [
    `LoadState=${files.has(unit) ? "loaded" : "not-found"}`,
    `UnitFileState=${state.enabled ? "enabled" : files.has(unit) ? "disabled" : ""}`,
    `FragmentPath=${files.has(unit) ? unit : ""}`,
    `ActiveState=${state.running ? "active" : "inactive"}`,
    `SubState=${state.running ? "running" : "dead"}`,
    `MainPID=${state.running ? PID : 0}`,
    "ExecMainStatus=0",
    "ExecMainCode=0",
    "KillMode=mixed",
    "",
  ].join("\n");
}

export interface Screenful {
  readonly io: CommandIo;
  stdout(): string;
  stderr(): string;
}

export function screenful(columns?: number): Screenful {
  let out = "";
  let err = "";
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const io: CommandIo = {
    env: { NO_COLOR: "1" },
    stdout: { write: (text) => void (out += text), ...terminal },
    stderr: { write: (text) => void (err += text), ...terminal },
    stdin: process.stdin,
  };
  return { io, stdout: () => out, stderr: () => err };
}

/** The state directory of the machine, on the real disk: a host's files and socket can be there. */
export function stateDirOf({ home }: Machine): string {
  const path = join(home, ".openclaw");
  mkdirSync(path, { mode: 0o700, recursive: true });
  onTestFinished(() => undefined);
  return path;
}
