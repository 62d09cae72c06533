import { posix, win32 } from "node:path";

import type { Account, CommandOutcome, ServiceSystem } from "./service-system.ts";

export type Answer = (
  argv: readonly string[],
) => Partial<Extract<CommandOutcome, { kind: "exited" }>> | CommandOutcome;

export interface RecordingSystem extends ServiceSystem {
  /** What was run, words parted by a blank. */
  readonly calls: string[];
  /** Content by path; directories hold a `Map` of nothing. */
  readonly files: Map<string, Buffer>;
  readonly modes: Map<string, number>;
  readonly directories: Set<string>;
}

export const ann: Account = { name: "ann", uid: 501, gid: 20, home: "/home/ann" };

/** A machine that exists on paper: files in a map, commands answered by a function. */
export function recordingSystem(
  platform: NodeJS.Platform,
  answer: Answer = () => ({}),
  more: Partial<ServiceSystem> = {},
): RecordingSystem {
  const calls: string[] = [];
  const files = new Map<string, Buffer>();
  const modes = new Map<string, number>();
  const self =
    more.self ?? (platform === "win32" ? { ...ann, name: "LAB\\ada", uid: -1, home: "C:\\Users\\ada" } : ann);
  const directories = new Set<string>([self.home]);
  const rules = platform === "win32" ? win32 : posix;
  return {
    platform,
    env: {},
    temporaryDir: platform === "win32" ? "C:\\Temp" : "/tmp",
    calls,
    files,
    modes,
    directories,
    run: async (argv) => {
      calls.push(argv.join(" ").replace("C:\\Windows\\System32\\", ""));
      const outcome = answer(argv);
      return "kind" in outcome
        ? (outcome as CommandOutcome)
        : { kind: "exited", code: 0, stdout: "", stderr: "", ...outcome };
    },
    factsOf: (path) =>
      files.has(path)
        ? { kind: "file", mode: modes.get(path) ?? 0o600, uid: self.uid }
        : directories.has(path)
          ? { kind: "directory", mode: 0o700, uid: self.uid }
          : undefined,
    readFile: (path) => files.get(path),
    list: (path) =>
      [...files.keys()].filter((file) => rules.dirname(file) === path).map((file) => rules.basename(file)),
    writeFile: (path, content, mode) => {
      files.set(path, content);
      modes.set(path, mode);
    },
    makeDirectory: (path) => {
      if (directories.has(path)) return [];
      directories.add(path);
      return [path];
    },
    removeFile: (path) => files.delete(path),
    removeDirectory: (path) => directories.delete(path),
    account: async (name) => (name === "ann" ? ann : undefined),
    ...more,
    self,
  };
}

/** A specification that every platform can render. */
export function plainSpec(platform: NodeJS.Platform): {
  readonly stateProfile: string;
  readonly scope: "user";
  readonly stateDir: string;
  readonly description: string;
  readonly runtime: string;
  readonly entry: string;
  readonly programArguments: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
} {
  const windows = platform === "win32";
  return {
    stateProfile: "default",
    scope: "user",
    stateDir: windows ? "C:\\Users\\ada\\.openclaw" : "/home/ann/.openclaw",
    description: "OpenClaw Node Host",
    runtime: windows ? "C:\\Program Files\\nodejs\\node.exe" : "/opt/node/bin/node",
    entry: windows ? "C:\\openclaw\\main.js" : "/opt/openclaw/main.js",
    programArguments: [
      "node",
      "run",
      "--host",
      "gw.example",
      "--port",
      "19598",
      "--display-name",
      "Lab test",
    ],
    environment: new Map([["OPENCLAW_SERVICE_KIND", "node"]]),
    secrets: new Map([["OPENCLAW_GATEWAY_TOKEN", "a-long-secret"]]),
  };
}
