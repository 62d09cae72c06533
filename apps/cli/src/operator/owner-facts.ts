import { lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { Facts } from "@openclaw/approvals";
import type { StatePaths } from "@openclaw/config-store";
import type { CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { fileFacts } from "../host/file-facts.ts";

const STICKY = 0o1000;
const GROUP = 0o020;
const EVERYBODY = 0o002;
/** `admin` of macOS, whose members are root in all but name. */
const MACOS_ADMIN = 80;

/** What the engine may ask about this machine, with who may change what. */
export function ownerFacts(io: CommandIo, paths: StatePaths): Facts {
  const facts = fileFacts({
    home: paths.home,
    hostCwd: currentDirectory(),
    pathEnv: io.env["PATH"] ?? "",
  });
  return { ...facts, writableByOthers };
}

/** Judges owner and mode of a file and of every directory above it; access lists are not read. POSIX only. */
function writableByOthers(path: string): boolean | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  for (let at = path; ; at = dirname(at)) {
    const facts = lstatSync(at, { throwIfNoEntry: false });
    if (facts === undefined) return undefined;
    const { mode, uid: owner, gid } = facts;
    if (owner !== 0 && owner !== uid) return true;
    // In a sticky directory everybody may add, but not replace what is somebody else's.
    const open = (mode & EVERYBODY) !== 0 && (at === path || (mode & STICKY) === 0);
    if (open || ((mode & GROUP) !== 0 && (mode & STICKY) === 0 && !isTrustedGroup(gid, uid))) return true;
    if (dirname(at) === at) return false;
  }
}

/** Root's group, and a group of one: the user's own with the user's number. */
function isTrustedGroup(gid: number, uid: number): boolean {
  return gid === 0 || gid === uid || (process.platform === "darwin" && gid === MACOS_ADMIN);
}
