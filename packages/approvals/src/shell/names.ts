import { wordList } from "../word-list.ts";

/** How a shell reads text. `zsh` expands a few things more than the others. */
export type Dialect = "posix" | "zsh";

/** Shells whose common subset the parser models. Chains only run in the `posix` ones. */
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ["sh", "posix"],
  ["dash", "posix"],
  ["bash", "posix"],
  ["ash", "posix"],
  ["zsh", "zsh"],
]);

/** Every name that starts a command interpreter. Source: exec section 3.2. */
const SHELLS: ReadonlySet<string> = wordList(
  "ash bash csh dash elvish fish ksh mksh lksh nu osh",
  "oksh loksh pdksh rbash rc rksh rzsh sh tcsh xonsh yash zsh",
  "cmd command.com powershell pwsh pwsh-preview posh bsh ion ysh",
);

/** Files that are many programs, by the name under which they are started. */
const MULTI_CALL: ReadonlySet<string> = new Set(["busybox", "toybox", "coreutils"]);

/** `bash-5.2` and `zsh5` are shells too. */
function withoutVersion(name: string): string {
  return name.replace(/[-_.]?\d[\d.]*$/u, "");
}

export function isShellName(name: string): boolean {
  return SHELLS.has(withoutVersion(name.toLowerCase()));
}

export function isMultiCallName(name: string): boolean {
  return MULTI_CALL.has(name.toLowerCase());
}

export function dialectOf(name: string): Dialect | undefined {
  return DIALECTS.get(withoutVersion(name));
}
