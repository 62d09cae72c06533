import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { decide, type DecideOptions } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { Facts } from "../facts.ts";
import type { LoadedPolicy } from "../policy/document.ts";
import { loadPolicy } from "../policy/load.ts";
import type { RunRequest } from "../request.ts";
import { nodeFacts } from "./node-facts.test.support.ts";

/** A directory with programs, and short ways to ask about them. */
export interface Scene {
  readonly root: string;
  /** The directory that PATH names first. */
  readonly bin: string;
  readonly cwd: string;
  readonly facts: Facts;
  /** Puts an executable file below the root. */
  program(path: string, content?: string): string;
  link(target: string, path: string): string;
  request(argv: readonly string[], more?: Partial<RunRequest>): RunRequest;
  /** A request that a Gateway makes out of a text. */
  text(text: string, more?: Partial<RunRequest>): RunRequest;
  decide(request: RunRequest, policy: LoadedPolicy, options?: DecideOptions, facts?: Facts): Decision;
  remove(): void;
}

export function makeScene(): Scene {
  const root = realpathSync.native(mkdtempSync(join(tmpdir(), "approvals-scene-")));
  const bin = join(root, "bin");
  const cwd = join(root, "work");
  for (const directory of [bin, cwd]) mkdirSync(directory);
  const pathEnv = `${bin}:/usr/bin:/bin`;
  const facts = nodeFacts({ home: root, hostCwd: cwd, pathEnv });
  const request: Scene["request"] = (argv, more = {}) => ({
    argv,
    env: { PATH: pathEnv, HOME: root },
    agentId: "main",
    approved: false,
    needsScreenRecording: false,
    ...more,
  });
  return {
    root,
    bin,
    cwd,
    facts,
    program: (path, content = "#!/bin/sh\nexit 0\n") => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, 0o755);
      return file;
    },
    link: (target, path) => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      symlinkSync(target, file);
      return file;
    },
    request,
    text: (text, more = {}) => request(["/bin/sh", "-lc", text], { rawCommand: text, ...more }),
    decide: (asked, policy, options, seen = facts) => decide(asked, policy, seen, options),
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A policy for agent `main`; the values are those of a new node unless they are given. */
export function policyOf(
  allowlist: readonly unknown[],
  scope: Readonly<Record<string, unknown>> = {},
  agent: Readonly<Record<string, unknown>> = {},
): LoadedPolicy {
  const defaults = { security: "allowlist", ask: "on-miss", askFallback: "deny", ...scope };
  return loadPolicy(JSON.stringify({ version: 1, defaults, agents: { main: { ...agent, allowlist } } }));
}
