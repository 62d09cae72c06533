import { readNodeScript } from "./cmd-reader.ts";
import { readLaunchdPlist } from "./launchd-reader.ts";
import { WRITER, WRITER_VARIABLE } from "./service-environment.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { DefinitionOrigin, InstalledDefinition, ServiceCommand } from "./service-state.ts";
import type { ServiceSystem } from "./service-system.ts";
import { readSystemdUnit } from "./systemd-reader.ts";
import { isTemporaryPath } from "./temporary-path.ts";

type Format = "systemd" | "launchd" | "task-scheduler";

/** Reads the definition that lies there; undefined when there is none. Throws nothing. */
export function lookAtDefinition(
  system: ServiceSystem,
  format: Format,
  path: string,
  secretsFile: string,
): InstalledDefinition | undefined {
  let text: string | undefined;
  try {
    text = system.readFile(path)?.toString("utf8");
    if (text === undefined) return undefined;
  } catch (error) {
    // Nothing can be there; whoever writes hears it.
    if (error instanceof Error && "code" in error && error.code === "ELOOP") return undefined;
    return { path, text: undefined, origin: "foreign", command: undefined };
  }
  const names = secretNames(system, secretsFile);
  return { path, text, origin: originOf(text), command: commandOf(format, text, path, names) };
}

/** By the mark in the environment, however the rest was edited. */
export function originOf(text: string): DefinitionOrigin {
  const has = (name: string, value: string): boolean =>
    text.includes(`${name}=${value}`) ||
    new RegExp(`<key>${name}</key>\\s*<string>${value}</string>`, "u").test(text);
  if (has(WRITER_VARIABLE, WRITER)) return "ours";
  if (has("OPENCLAW_SERVICE_MARKER", "openclaw")) return "official";
  // Since 2026.6 the official property list keeps its environment elsewhere.
  return /-env-wrapper\.sh<\/string>/u.test(text) && text.includes("OpenClaw Node Host")
    ? "official"
    : "foreign";
}

function commandOf(
  format: Format,
  text: string,
  path: string,
  secrets: readonly string[],
): ServiceCommand | undefined {
  const read =
    format === "systemd"
      ? readSystemdUnit(text)
      : format === "launchd"
        ? readLaunchdPlist(text)
        : readNodeScript(text);
  if (read?.command === undefined || read.command.length === 0) return undefined;
  const directory = "workingDirectory" in read ? read.workingDirectory : undefined;
  const shown = [...read.environment].filter(([name]) => !looksSecret(name));
  return {
    programArguments: read.command,
    ...(directory === undefined ? {} : { workingDirectory: directory }),
    environment: Object.fromEntries(shown),
    environmentValueSources: Object.fromEntries([
      ...[...read.environment.keys()].map((name) => [name, "inline"] as const),
      ...secrets.map((name) => [name, "file"] as const),
    ]),
    sourcePath: path,
  };
}

/** Official releases wrote some into the definition. */
function looksSecret(name: string): boolean {
  return /TOKEN|PASSWORD|SECRET|CF_ACCESS/u.test(name);
}

/** Names only: the values are nobody's business here. */
function secretNames(system: ServiceSystem, path: string): readonly string[] {
  try {
    const text = system.readFile(path)?.toString("utf8") ?? "";
    return [...text.matchAll(/^(?:export |set ")?([A-Za-z_][A-Za-z0-9_]*)=/gmu)].map(
      (match) => match[1] ?? "",
    );
  } catch {
    return [];
  }
}

/** What is wrong with an installed definition. */
export function findingsOf(
  system: ServiceSystem,
  definition: InstalledDefinition | undefined,
  temporaryDirs: readonly string[],
): readonly ServiceNote[] {
  if (definition === undefined) return [];
  const mend = "openclaw node install --force";
  const { command, path } = definition;
  if (command === undefined)
    return [
      { code: "unreadable-definition", text: `\`${path}\` says something that is not understood here` },
    ];
  const [runtime = "", ...rest] = command.programArguments;
  const entry = entryOf(rest);
  const findings: ServiceNote[] = [];
  if (system.factsOf(runtime) === undefined)
    findings.push({
      code: "runtime-missing",
      text: `the service runs \`${runtime}\`, which is not there`,
      command: mend,
    });
  if (entry !== undefined && system.factsOf(entry) === undefined)
    findings.push({
      code: "entry-missing",
      text: `the service runs \`${entry}\`, which is not there`,
      command: mend,
    });
  for (const part of [runtime, ...(entry === undefined ? [] : [entry])])
    if (isTemporaryPath(part, temporaryDirs))
      findings.push({
        code: "temporary-path",
        text: `the service runs \`${part}\`, which lies in a directory for temporary files and may vanish`,
        command: mend,
      });
  return findings;
}

/** The first word behind the runtime's own options, when it is a path. */
function entryOf(words: readonly string[]): string | undefined {
  const word = words.find((candidate) => !candidate.startsWith("-"));
  return word !== undefined && /^(?:\/|[A-Za-z]:[\\/]|\\\\)/u.test(word) ? word : undefined;
}
