import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import {
  findForeignState,
  prepareStateDir,
  resolveStatePaths,
  type StatePaths,
} from "@openclaw/config-store";
import { flag, stringOption, type CommandInput, type CommandIo } from "./command.ts";
import { currentDirectory } from "./current-directory.ts";
import { CliError } from "./errors.ts";

/** The state paths that the global options and the environment name; for another account: below its home directory. */
export function statePathsFor(
  input: CommandInput,
  io: Pick<CommandIo, "env">,
  home: string = homedir(),
): StatePaths {
  const profile = stateProfile(input);
  const cwd = currentDirectory();
  return resolveStatePaths({ env: io.env, platform: platformName(), osHome: home, profile, cwd });
}

/** The state profile that the global options name. */
export function stateProfile(input: CommandInput): string | undefined {
  return stringOption(input, "profile") ?? (flag(input, "dev") ? "dev" : undefined);
}

/** Makes the state directory ready for our files; refuses one that is not for us. */
export function claimStateDir(paths: StatePaths): void {
  checkStateDir(paths);
  prepareStateDir(paths);
}

/**
 * Refuses a directory that others need, and one that an official install of July 2026 or later uses. Changes nothing.
 */
export function checkStateDir(paths: StatePaths): void {
  const { stateDir } = paths;
  if (isCommonGround(paths)) {
    // Readied like any other it would be closed to everybody else.
    throw new CliError(
      "bad-state-dir",
      `\`${stateDir}\` holds other things too, so it cannot be the state directory; nothing was changed`,
      ["set OPENCLAW_STATE_DIR to a directory of its own, for example ~/.openclaw"],
    );
  }
  const foreign = findForeignState(paths);
  if (foreign !== undefined) {
    throw new CliError(
      "foreign-state",
      `\`${stateDir}\` belongs to an official OpenClaw install of July 2026 or later (it holds \`${foreign.sqliteFile}\`), which stops working when our files lie beside it; nothing was written`,
      [
        "use a state directory of our own: openclaw --profile node node run",
        "or set OPENCLAW_STATE_DIR to another directory",
      ],
    );
  }
}

/** The root of the file system and the like: what `OPENCLAW_STATE_DIR=$UNSET/` names. */
function isCommonGround({ stateDir, home }: StatePaths): boolean {
  if (dirname(stateDir) === stateDir) return true;
  // The sticky bit marks a place where everybody may put something.
  if ((modeOf(stateDir) & 0o1000) !== 0) return true;
  for (let at = dirname(home); dirname(at) !== at; at = dirname(at)) if (at === stateDir) return true;
  return false;
}

/** 0 for what cannot be looked at: whoever prepares the directory says why. */
function modeOf(path: string): number {
  try {
    return lstatSync(path).mode;
  } catch {
    return 0;
  }
}

function platformName(): "linux" | "darwin" | "win32" {
  return process.platform === "win32" || process.platform === "darwin" ? process.platform : "linux";
}
