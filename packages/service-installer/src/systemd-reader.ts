import { serviceLimits } from "./limits.ts";
import { plainSpecifiers, plainVariables, splitSystemdWords } from "./systemd-words.ts";

/** What a unit file says about the service, as systemd reads it. */
export interface ReadUnit {
  readonly description: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly environment: ReadonlyMap<string, string>;
  /** Paths, with the `-` in front where the file may be absent. */
  readonly environmentFiles: readonly string[];
  readonly workingDirectory: string | undefined;
}

/**
 * Reads a unit of ours back. Undefined when it holds anything that this reading does not model (specifiers, variables
 * or several commands in the lines we use): such a unit was not written by us.
 */
export function readSystemdUnit(text: string): ReadUnit | undefined {
  if (Buffer.byteLength(text) > serviceLimits.definitionBytes) return undefined;
  let section = "";
  let description: string | undefined;
  let command: readonly string[] | undefined;
  const environment = new Map<string, string>();
  const environmentFiles: string[] = [];
  let workingDirectory: string | undefined;
  for (const line of logicalLines(text)) {
    const heading = /^\[(.*)\]$/.exec(line);
    const equals = line.indexOf("=");
    if (heading !== null) section = heading[1] ?? "";
    if (heading !== null || equals < 0) continue;
    const value = trimBlanks(line.slice(equals + 1));
    switch (`${section}.${trimBlanks(line.slice(0, equals))}`) {
      case "Unit.Description":
        description = plainSpecifiers(value);
        if (description === undefined) return undefined;
        break;
      case "Service.ExecStart":
        if (command !== undefined) return undefined;
        command = commandOf(value);
        if (command === undefined) return undefined;
        break;
      case "Service.Environment":
        if (!addVariables(environment, value)) return undefined;
        break;
      case "Service.EnvironmentFile": {
        const path = plainSpecifiers(value);
        if (path === undefined) return undefined;
        environmentFiles.push(path);
        break;
      }
      case "Service.WorkingDirectory":
        workingDirectory = plainSpecifiers(value);
        break;
      default:
    }
  }
  return { description, command, environment, environmentFiles, workingDirectory };
}

/** Without comments and blank lines; a backslash at the end goes on in the next line, with a blank in between. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open = "";
  for (const raw of text.split(/\r\n|\n|\r/)) {
    if (/^[ \t]*[#;]/.test(raw)) continue;
    if (raw.endsWith("\\")) {
      open += `${raw.slice(0, -1)} `;
      continue;
    }
    const line = trimBlanks(open + raw);
    open = "";
    if (line !== "") lines.push(line);
  }
  const rest = trimBlanks(open);
  return rest === "" ? lines : [...lines, rest];
}

/** Only what systemd takes for blanks: others belong to the text. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && " \t".includes(text.charAt(start))) start += 1;
  while (end > start && " \t".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function commandOf(value: string): readonly string[] | undefined {
  // Prefixes such as `-` or `@` change how the program runs.
  if (!/^["']?\//.test(value)) return undefined;
  const words = splitSystemdWords(value);
  const [program, ...rest] = words ?? [];
  if (program === undefined) return undefined;
  const read = [plainSpecifiers(program), ...rest.map((word) => withVariables(plainSpecifiers(word)))];
  return allDefined(read);
}

function withVariables(word: string | undefined): string | undefined {
  return word === undefined ? undefined : plainVariables(word);
}

function addVariables(environment: Map<string, string>, value: string): boolean {
  const words = splitSystemdWords(value)?.map(plainSpecifiers);
  const assignments = words === undefined ? undefined : allDefined(words);
  if (assignments === undefined) return false;
  for (const assignment of assignments) {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(assignment);
    if (match === null) return false;
    environment.set(match[1] ?? "", match[2] ?? "");
  }
  return true;
}

function allDefined(words: readonly (string | undefined)[]): readonly string[] | undefined {
  const defined = words.filter((word) => word !== undefined);
  return defined.length === words.length ? defined : undefined;
}
