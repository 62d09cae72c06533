import { wordList } from "../word-list.ts";

/** Subcommands whose own work starts nothing that a repository or a person did not set up. */
const PLAIN: ReadonlySet<string> = wordList(
  "add am annotate apply archive bisect blame branch bundle cat-file check-attr check-ignore checkout",
  "cherry cherry-pick clean clone column commit commit-tree config count-objects describe diff diff-files",
  "diff-index diff-tree fetch for-each-ref format-patch fsck gc grep hash-object help init lfs log",
  "ls-files ls-remote ls-tree maintenance merge merge-base merge-file merge-tree mktag mktree mv name-rev",
  "notes pack-refs patch-id prune pull push range-diff read-tree rebase reflog remote repack replace",
  "request-pull rerere reset restore rev-list rev-parse revert rm shortlog show show-branch show-ref",
  "sparse-checkout stage stash status stripspace submodule switch symbolic-ref tag update-index update-ref",
  "var verify-commit verify-tag version whatchanged worktree write-tree",
);

/** Global options that only say where, or how to print. */
const GLOBAL =
  /^(?:--version|--help|-v|-h|--no-pager|-P|--no-replace-objects|--no-optional-locks|--literal-pathspecs|--glob-pathspecs|--noglob-pathspecs|--icase-pathspecs|--bare)$/u;

/** Options that name a program, or a directory with programs; also shortened. */
const LONG: Readonly<Record<string, readonly string[]>> = {
  "": ["upload-pack", "receive-pack", "ext-diff", "open-files-in-pager", "exec"],
  // Commands that only print would write a file of any name.
  diff: ["output"],
  log: ["output"],
  show: ["output"],
  clone: ["config", "template"],
  init: ["template"],
  help: ["web"],
};
const SHORT: Readonly<Record<string, RegExp>> = {
  clone: /^-[a-z]*[cu]/u,
  "ls-remote": /^-[a-z]*u/u,
  rebase: /^-[a-z]*x/u,
  grep: /^-[A-Za-z]*O/u,
  help: /^-[a-z]*w/u,
};
/** A transport that is a command (`ext::sh -c …`), where an address may stand. */
const REMOTE: ReadonlySet<string> = wordList("archive clone fetch ls-remote pull push remote submodule");
const TRANSPORT = /^(?:--[a-z-]+=)?[A-Za-z0-9+.-]+::/u;

/**
 * The argument with which `git` would start a program that is named on the command line or
 * set as an alias. What a repository's own configuration starts cannot be seen from here.
 */
export function dangerousGitArgument(args: readonly string[]): string | undefined {
  let at = 0;
  for (; args[at]?.startsWith("-") === true; at += 1) {
    const option = args[at] ?? "";
    if (option === "-C") at += 1;
    else if (!GLOBAL.test(option)) return option;
  }
  const subcommand = args[at];
  if (subcommand === undefined) return undefined;
  if (!PLAIN.has(subcommand)) return subcommand;
  const rest = args.slice(at + 1);
  return dangerousUse(subcommand, rest) ?? rest.find((argument) => isDangerous(subcommand, argument));
}

function isDangerous(subcommand: string, argument: string): boolean {
  if (REMOTE.has(subcommand) && TRANSPORT.test(argument)) return true;
  if (SHORT[subcommand]?.test(argument) === true) return true;
  if (!argument.startsWith("--") || argument === "--") return false;
  const name = argument.slice(2).split("=", 1)[0] ?? "";
  const named = [...(LONG[""] ?? []), ...(Object.hasOwn(LONG, subcommand) ? (LONG[subcommand] ?? []) : [])];
  return named.some((option) => option.startsWith(name));
}

/** Subcommands that run commands, or write down commands that run later. */
function dangerousUse(subcommand: string, rest: readonly string[]): string | undefined {
  const [first = ""] = rest;
  switch (subcommand) {
    case "bisect":
      return first === "run" ? first : undefined;
    case "submodule":
      return rest.find((argument) => argument === "foreach");
    case "config":
      return isPlainConfig(rest) ? undefined : (rest.find((each) => each !== "") ?? "config");
    default:
      return undefined;
  }
}

const SCOPE =
  /^--(?:global|local|system|worktree|show-origin|show-scope|includes|no-includes|null|name-only)$|^-z$/u;
const READ = /^(?:--get|--get-all|--get-regexp|--list|-l)$/u;
/** Settings that name no program. */
const HARMLESS =
  /^(?:user\.(?:name|email)|init\.defaultbranch|pull\.(?:rebase|ff)|push\.(?:default|autosetupremote)|core\.(?:autocrlf|eol|filemode)|color\.\w+|advice\.\w+)$/iu;

/** Reading a setting, or setting one that names no program. */
function isPlainConfig(rest: readonly string[]): boolean {
  const options = rest.filter((argument) => argument.startsWith("-"));
  const [name = "", ...more] = rest.filter((argument) => !argument.startsWith("-"));
  if (!options.every((option) => SCOPE.test(option) || READ.test(option))) return false;
  if (options.some((option) => READ.test(option)) || name === "get" || name === "list") return true;
  return more.length === 0 || (more.length === 1 && HARMLESS.test(name));
}
