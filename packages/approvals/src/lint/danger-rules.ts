import type { PathStyle } from "../facts.ts";
import { isInterpreterName } from "../command/interpreters.ts";
import { compileGlob, matchGlob } from "../match/glob.ts";
import { isPathPattern } from "../match/entry.ts";
import { isShellName } from "../shell/names.ts";
import { programName } from "../program-name.ts";
import { toolModel } from "../tools/models.ts";
import { carrierName } from "../wrappers/carriers.ts";
import { isWrapperName } from "../wrappers/unwrap.ts";
import { quoteWord } from "../quote.ts";
import { wordList } from "../word-list.ts";
import { entryFinding, removal, type Finding, type ListedAt } from "./finding.ts";

/** Programs that run what a project, an image or an index says. */
const PROJECT_CODE: ReadonlySet<string> = wordList(
  "npm npm-cli.js pnpm yarn bun corepack uv pip pip3 pipx poetry pipenv conda mamba micromamba bundle gem",
  "mise asdf nix guix make gmake just ninja cargo go gradle gradlew mvn ant composer docker podman kubectl",
  "flatpak snap",
);

/** Where everybody may put files. */
const COMMON_PLACES = ["/tmp", "/var/tmp", "/dev/shm", "/private/tmp", "/private/var/tmp"] as const;
const USUAL_INTERPRETERS = ["python3", "perl", "node", "ruby"] as const;
const SYSTEM_PLACES = ["/usr/bin/", "/usr/local/bin/"] as const;
/** Where people keep their own. */
const HOMES = ["/home", "/Users", "/root", "~"] as const;

/** Allow entries that let more run than they seem to, judged by their words alone. */
export function lintDanger(at: ListedAt, names: readonly string[], style: PathStyle): readonly Finding[] {
  const { entry } = at;
  // An approval of exactly one command.
  if (entry["source"] === "allow-always") return [];
  const program = lintProgram(at, names);
  const reached = program ?? lintReach(at, style);
  const place = lintPlace(at, style);
  // What allows everything needs no second word.
  const all = place.some(({ code }) => code === "wildcard");
  return [...place, ...(reached === undefined || all ? [] : [reached])];
}

/** Whether a pattern is nothing but wildcards. */
export function isEverything(pattern: string): boolean {
  return /^\/?\*+(?:\/\*+)*$/u.test(pattern);
}

/** The name in the last part of a pattern, where it is one name. */
export function patternName(pattern: string, style: PathStyle): string | undefined {
  const name = programName(pattern, style);
  return name === "" || /[*?]/u.test(name) ? undefined : name;
}

function lintProgram(at: ListedAt, names: readonly string[]): Finding | undefined {
  const bound = at.entry["argPattern"] !== undefined;
  const name = names.find(isShellName);
  if (name !== undefined) {
    const message = `${shown(name)} is a shell: its text is judged, so this entry allows no text; other hosts would read it as permission for everything`;
    return entryFinding(at, "shell", "warning", message, removal(at));
  }
  const carrier = names.find(isWrapperName) ?? carrierName(names, []);
  if (carrier !== undefined) {
    const message = names.some(isWrapperName)
      ? `${shown(carrier)} is looked through: the program behind it needs the entry, and ${shown(carrier)} needs none`
      : `${shown(carrier)} starts other programs, and an entry for it covers none of them`;
    return entryFinding(at, "carrier", "warning", message, removal(at));
  }
  if (bound) return undefined;
  const interpreter = names.find(isInterpreterName);
  if (interpreter !== undefined) {
    const message = `${shown(interpreter)} runs any code that its arguments name; list the script instead, or give the entry an argument pattern`;
    return entryFinding(at, "interpreter", "warning", message, removal(at));
  }
  const editor = names.find((each) => toolModel(each)?.always === true);
  if (editor !== undefined) {
    const message = `${shown(editor)} can start anything from inside, so an entry without an argument pattern does not cover it`;
    return entryFinding(at, "editor", "warning", message, removal(at));
  }
  const project = names.find((each) => PROJECT_CODE.has(each));
  if (project === undefined) return undefined;
  const message = `${shown(project)} runs what the project, package or image says, whoever wrote it`;
  return entryFinding(at, "project-code", "note", message);
}

/** Interpreters that a wildcard covers beside what its owner thought of. */
function lintReach(at: ListedAt, style: PathStyle): Finding | undefined {
  const { pattern } = at.entry;
  if (!/[*?]/u.test(pattern) || at.entry["argPattern"] !== undefined) return undefined;
  const glob = compileGlob(pattern);
  const places = isPathPattern(pattern, style) ? SYSTEM_PLACES : [""];
  const covered = places
    .flatMap((place) => USUAL_INTERPRETERS.map((name) => `${place}${name}`))
    .find((path) => matchGlob(glob, path).matched);
  if (covered === undefined) return undefined;
  const message = `it covers interpreters as well, such as ${shown(covered)}, which run any code that their arguments name`;
  return entryFinding(at, "interpreter", "warning", message, removal(at));
}

function lintPlace(at: ListedAt, style: PathStyle): readonly Finding[] {
  const { pattern } = at.entry;
  const fix = removal(at);
  if (isEverything(pattern)) {
    const message = "it allows every program that can be found and that an entry can cover";
    return [entryFinding(at, "wildcard", "error", message, fix)];
  }
  // The content is bound as well, so it does not matter who may change the file.
  if (style === "win32" || !isPathPattern(pattern, style) || at.entry["contentSha256"] !== undefined)
    return [];
  const open = COMMON_PLACES.find((place) => reaches(pattern, place));
  if (open !== undefined) {
    const message = `it reaches into \`${open}\`, where everybody may put a program`;
    return [
      entryFinding(at, /[*?]/u.test(pattern) ? "wide-place" : "writable-by-others", "error", message, fix),
    ];
  }
  if (!/[*?]/u.test(pattern) || !HOMES.some((place) => reaches(pattern, place))) return [];
  const message =
    "it reaches into home directories, where whatever is put may run: also what a command that is allowed writes there";
  return [entryFinding(at, "wide-place", "warning", message, fix)];
}

/** Whether a path in or below a directory fits the pattern. */
function reaches(pattern: string, place: string): boolean {
  if (pattern.startsWith(`${place}/`)) return true;
  const last = pattern.slice(pattern.lastIndexOf("/") + 1).replace(/\*+|\?/gu, "x");
  const glob = compileGlob(pattern);
  return [`${place}/${last}`, `${place}/x/${last}`].some((path) => matchGlob(glob, path).matched);
}

function shown(name: string): string {
  return `\`${quoteWord(name)}\``;
}
