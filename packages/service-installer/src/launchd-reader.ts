import { LAUNCHD_WRAPPER_NAME } from "./launchd-wrapper.ts";
import { readPlist, type PlistDictionary, type PlistValue } from "./plist-reader.ts";

/** What a property list says about the service. */
export interface ReadJob {
  readonly label: string;
  /** Without the wrapper in front. */
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly secretsFile: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly logFile: string | undefined;
}

/** Reads one of ours or of an official release. Undefined when it is no such list. */
export function readLaunchdPlist(text: string): ReadJob | undefined {
  const list = dictionary(readPlist(text));
  const label = list?.["Label"];
  const words = strings(list?.["ProgramArguments"]);
  const variables = list?.["EnvironmentVariables"] ?? {};
  if (list === undefined || typeof label !== "string" || words === undefined) return undefined;
  const environment = new Map<string, string>();
  for (const [name, value] of Object.entries(dictionary(variables) ?? {})) {
    if (typeof value !== "string") return undefined;
    environment.set(name, value);
  }
  return {
    label,
    ...withoutWrapper(words),
    environment,
    workingDirectory: textOf(list["WorkingDirectory"]),
    logFile: textOf(list["StandardOutPath"]),
  };
}

function withoutWrapper(words: readonly string[]): Pick<ReadJob, "command" | "secretsFile"> {
  if (words[0] === "/bin/sh" && words[1] === "-c" && words[3] === LAUNCHD_WRAPPER_NAME)
    return { secretsFile: words[4], command: words.slice(5) };
  // The official one is a script of its own, since 2026.9 behind `/bin/sh`.
  const start = words[0] === "/bin/sh" ? 1 : 0;
  if ((words[start] ?? "").endsWith("-env-wrapper.sh") && (words[start + 1] ?? "").endsWith(".env"))
    return { secretsFile: words[start + 1], command: words.slice(start + 2) };
  return { secretsFile: undefined, command: words };
}

function dictionary(value: PlistValue | undefined): PlistDictionary | undefined {
  return isDictionary(value) ? value : undefined;
}

function isDictionary(value: PlistValue | undefined): value is PlistDictionary {
  return typeof value === "object" && !Array.isArray(value);
}

function strings(value: PlistValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: readonly PlistValue[] = value;
  const texts = items.filter((item) => typeof item === "string");
  return texts.length === items.length ? texts : undefined;
}

function textOf(value: PlistValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
