import { createHash } from "node:crypto";
import { posix } from "node:path";

import { setting } from "./home-directory.ts";
import type { Environment, PlatformName } from "./home-directory.ts";
import { storeLimits } from "./limits.ts";

export interface ControlSocketQuestion {
  readonly env: Environment;
  readonly platform: PlatformName;
  readonly stateDir: string;
}

/**
 * `node.sock` in the state directory. Where that path is too long for a socket address: in a directory of its own below
 * XDG_RUNTIME_DIR or the temporary directory. On Windows a named pipe. All are derived from the state directory, so
 * that the host and its clients find each other without asking.
 */
export function controlSocketPath(question: ControlSocketQuestion): string {
  const { env, platform, stateDir } = question;
  if (platform === "win32") return `\\\\.\\pipe\\openclaw-node-${shortHash(stateDir.toLowerCase())}`;
  const inState = posix.join(stateDir, "node.sock");
  if (fits(inState)) return inState;
  const directory = `openclaw-${shortHash(stateDir)}`;
  const candidates = [setting(env, "XDG_RUNTIME_DIR"), setting(env, "TMPDIR")]
    .filter((base) => base !== undefined && posix.isAbsolute(base))
    .map((base) => posix.join(base ?? "", directory, "node.sock"));
  return candidates.find(fits) ?? posix.join("/tmp", directory, "node.sock");
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= storeLimits.socketPathBytes;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
