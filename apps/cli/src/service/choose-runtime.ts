import { posix, win32 } from "node:path";
import type { ServiceSystem } from "@openclaw/service-installer";
import { CliError } from "../errors.ts";
import { check, type Check } from "./doctor-check.ts";
import type { ThisProgram } from "./this-program.ts";

export type RuntimeKind = "node" | "bun";

export interface ChosenRuntime {
  readonly path: string;
  readonly kind: RuntimeKind;
  /** Why it is not the one that somebody may expect. */
  readonly warning?: string;
}

export interface RuntimeQuestion {
  readonly kind: RuntimeKind | undefined;
  /** Given by hand; absolute. */
  readonly path: string | undefined;
  readonly program: ThisProgram;
  /** Of whom the service runs as. */
  readonly home: string;
}

/** The oldest Node that this program runs on; the manifest says the same. */
export const OLDEST_NODE = "20.19";
const ANSWER_MS = 5_000;

/**
 * Which program is to run the host: the one that was named, else a Node that the system keeps up to date, else the one
 * that runs this command (service installer section 2). Throws `bad-option` when there is none.
 */
export async function chooseRuntime(
  question: RuntimeQuestion,
  system: ServiceSystem,
): Promise<ChosenRuntime> {
  const { kind = "node", path, program } = question;
  if (path !== undefined) return await namedRuntime(path, question.kind, system);
  if (kind === "bun") return await bunRuntime(question, system);
  let tooOld: string | undefined;
  for (const candidate of systemNodes(system)) {
    const found = await runtimeAt(candidate, system);
    if (found?.kind !== "node") continue;
    if (isNewEnough(found.version)) return { path: candidate, kind: "node" };
    tooOld ??= `System Node ${found.version} at ${candidate} is below the required Node ${OLDEST_NODE}+.`;
  }
  const own = program.runtime === "node" ? program.execPath : await firstOnPath("node", question, system);
  if (own === undefined)
    throw new CliError("bad-option", `no Node ${OLDEST_NODE} or newer was found for the service`, [
      "name one: openclaw node install --runtime-path /path/of/node",
      "or take the one that runs this command: openclaw node install --runtime bun",
    ]);
  return {
    path: own,
    kind: "node",
    ...(tooOld === undefined ? {} : { warning: `${tooOld} Using ${own} for the service.` }),
  };
}

async function namedRuntime(
  path: string,
  kind: RuntimeKind | undefined,
  system: ServiceSystem,
): Promise<ChosenRuntime> {
  const found = await runtimeAt(path, system);
  if (found === undefined)
    throw new CliError("bad-option", `invalid --runtime-path: \`${path}\` is not a Node or Bun program`);
  if (kind !== undefined && found.kind !== kind)
    throw new CliError(
      "bad-option",
      `--runtime ${kind} and --runtime-path contradict each other: \`${path}\` is ${found.kind} ${found.version}`,
    );
  if (found.kind === "node" && !isNewEnough(found.version))
    throw new CliError(
      "bad-option",
      `invalid --runtime-path: \`${path}\` is Node ${found.version}; Node ${OLDEST_NODE} or newer is needed`,
    );
  return { path, kind: found.kind };
}

async function bunRuntime(question: RuntimeQuestion, system: ServiceSystem): Promise<ChosenRuntime> {
  const { program } = question;
  if (program.runtime === "bun") return { path: program.execPath, kind: "bun" };
  const path = await firstOnPath("bun", question, system);
  if (path !== undefined) return { path, kind: "bun" };
  throw new CliError("bad-option", "bun was not found in PATH", [
    "install it: https://bun.sh",
    "or name it: openclaw node install --runtime-path /path/of/bun",
  ]);
}

/** Where a package manager of the system puts Node, in the order in which they are asked. */
function systemNodes({ platform, env }: ServiceSystem): readonly string[] {
  if (platform === "win32")
    return [
      win32.join(env["ProgramFiles"] ?? env["PROGRAMFILES"] ?? "C:\\Program Files", "nodejs", "node.exe"),
    ];
  const shared = ["/usr/local/bin/node", "/usr/bin/node"];
  return platform === "darwin" ? ["/opt/homebrew/bin/node", ...shared] : shared;
}

async function firstOnPath(
  name: string,
  { home }: RuntimeQuestion,
  system: ServiceSystem,
): Promise<string | undefined> {
  const windows = system.platform === "win32";
  const rules = windows ? win32 : posix;
  const listed = (system.env["PATH"] ?? system.env["Path"] ?? "").split(rules.delimiter);
  const directories = [...listed, rules.join(home, `.${name}`, "bin")].filter((directory) =>
    rules.isAbsolute(directory),
  );
  for (const directory of new Set(directories)) {
    const path = rules.join(directory, windows ? `${name}.exe` : name);
    const found = await runtimeAt(path, system);
    if (found?.kind === name && (name !== "node" || isNewEnough(found.version))) return path;
  }
  return undefined;
}

async function runtimeAt(
  path: string,
  system: ServiceSystem,
): Promise<{ readonly kind: RuntimeKind; readonly version: string } | undefined> {
  if (system.factsOf(path)?.kind !== "file") return undefined;
  const answer = await system.run([path, "--version"], { timeoutMs: ANSWER_MS });
  if (answer.kind !== "exited" || answer.code !== 0) return undefined;
  const [, v, version] = /^(v?)(\d{1,4}\.\d{1,4}\.\d{1,4})\S{0,40}\s*$/u.exec(answer.stdout) ?? [];
  return version === undefined ? undefined : { kind: v === "" ? "bun" : "node", version };
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** For `node doctor`: is the Node that runs this command new enough? */
export function runtimeCheck(version: string): Check {
  return isNewEnough(version)
    ? check("runtime", "ok", `Node ${version}`)
    : check(
        "runtime",
        "error",
        `Node ${version} is too old; ${OLDEST_NODE} or newer is needed`,
        "https://nodejs.org",
      );
}
