import { readConfig, type StatePaths } from "@openclaw/config-store";
import type { ServiceStatus, ServiceSystem, ServiceTarget } from "@openclaw/service-installer";
import { browserFacts, type BrowserFacts } from "../browser/browser-facts.ts";
import type { CommandInput } from "../command.ts";
import { readinessOf } from "../health/readiness.ts";
import { connectionText, type ConnectionText } from "../host/status-text.ts";
import { VERSION } from "../version.ts";
import { askHost, type HostAnswer } from "./host-answer.ts";
import { entryOf, versionAt } from "./installed-version.ts";
import type { SavedFacts } from "./saved-facts.ts";
import type { NodeStage } from "./node-stages.ts";
import { commandFor, findService, type FoundService } from "./service-place.ts";

/** Something that a person should know, and the command that mends it. */
export interface Advice {
  readonly code: string;
  readonly text: string;
  readonly command?: string;
}

/** Everything that `node status` shows. */
export interface StatusReport {
  readonly target: ServiceTarget;
  readonly paths: StatePaths;
  readonly service: ServiceStatus;
  readonly host: HostAnswer | undefined;
  /** What the files say; only read where no host answers for them. */
  readonly saved: SavedFacts | undefined;
  readonly connection: ConnectionText | undefined;
  /** Is the answering host the one that the service manager started? */
  readonly supervised: boolean;
  /** Of the package that the next start will run. */
  readonly installedVersion: string;
  readonly problems: readonly Advice[];
  /** What browser calls would find; absent where it cannot be known. */
  readonly browser?: BrowserFacts | undefined;
}

/** Where the node stands, in one word; the words are those of node-stages.ts. */
export function stageOf({ host }: Pick<StatusReport, "host">): NodeStage["stage"] {
  if (host === undefined) return "no-host";
  const { link, surface = { stage: "unknown" }, paused, policyState = "ok" } = host;
  // A host of another version, which does not tell.
  if (link === undefined) return "connecting";
  return readinessOf({ link, surface, paused, policy: policyState }).state;
}

/** `found`: what is known about the service already; a look at it costs more than everything else. */
export async function statusReport(
  input: CommandInput,
  system: ServiceSystem,
  found?: FoundService,
): Promise<StatusReport> {
  const { target, paths, status: service } = found ?? (await findService(input, system));
  const host = await askHost(paths);
  // A host of an older version does not tell its policy. The files cost more to read than everything else.
  const saved =
    host?.policy !== undefined || isOthers(paths, system)
      ? undefined
      : (await import("./saved-facts.ts")).readSavedFacts(paths, system.env);
  const entry = service.command === undefined ? undefined : entryOf(service.command.programArguments);
  const installedVersion = (entry === undefined ? undefined : versionAt(entry)) ?? VERSION;
  const { pid } = service.runtime;
  const known = { target, paths, service, host, saved, installedVersion };
  return {
    ...known,
    supervised: host?.pid !== undefined && host.pid === pid,
    connection:
      host?.link === undefined
        ? undefined
        : connectionText(host.link, host.surface ?? { stage: "unknown" }, host.gateway ?? "the Gateway"),
    browser: isOthers(paths, system) ? undefined : await browserOf(paths, system, host),
    problems: [...serviceAdvice(service, target), ...hostAdvice(known), ...savedAdvice(saved, host)],
  };
}

/** Not looked for where this node does not offer it, by its configuration or by its owner's choice of commands. */
async function browserOf(
  paths: StatePaths,
  { env }: ServiceSystem,
  host: HostAnswer | undefined,
): Promise<BrowserFacts | undefined> {
  const declared = host?.surface?.declared;
  if (declared !== undefined && !declared.includes("browser.proxy")) return undefined;
  try {
    return await browserFacts(readConfig(paths, env), { env, quick: true });
  } catch {
    // What is wrong with the configuration is told by whoever needs it.
    return undefined;
  }
}

/** Root may ask about the service of another account, whose files it does not read. */
export function isOthers({ stateDir }: StatePaths, system: ServiceSystem): boolean {
  const owner = system.platform === "win32" ? undefined : system.factsOf(stateDir)?.uid;
  return owner !== undefined && owner !== system.self.uid;
}

function serviceAdvice(service: ServiceStatus, target: ServiceTarget): readonly Advice[] {
  const { problem, findings } = service;
  return [
    ...(problem === undefined ? [] : [{ code: problem.code, text: problem.message }]),
    ...findings.map(({ code, text, command }) => ({
      code,
      text,
      ...(command === undefined ? {} : { command: commandFor(target, command) }),
    })),
  ];
}

type Known = Omit<StatusReport, "supervised" | "connection" | "problems" | "browser">;

function hostAdvice({ target, service, host, installedVersion, paths }: Known): readonly Advice[] {
  const { runtime } = service;
  const advice: Advice[] = [];
  if (host?.version !== undefined && host.version !== installedVersion)
    advice.push({
      code: "other-version",
      text: `the running host is version ${host.version}, installed is ${installedVersion}`,
      ...(host.pid === runtime.pid ? { command: commandFor(target, "openclaw node restart") } : {}),
    });
  if (host === undefined && runtime.status === "running")
    advice.push({
      code: "silent-host",
      text: `the service runs, but no host answers at \`${paths.controlSocket}\``,
    });
  if (
    host?.pid !== undefined &&
    service.service.loaded &&
    runtime.status !== "unknown" &&
    host.pid !== runtime.pid
  )
    advice.push({
      code: "foreground-host",
      text: `process ${host.pid} runs beside the service and holds its state directory; stop it, then start the service`,
      command: commandFor(target, "openclaw node start"),
    });
  return advice;
}

function savedAdvice(saved: SavedFacts | undefined, host: HostAnswer | undefined): readonly Advice[] {
  const malformed: readonly Advice[] =
    host?.policyState === "malformed"
      ? [
          {
            code: "policy-malformed",
            text: `every command is refused, because the policy \`${host.policy?.path ?? ""}\` cannot be used`,
            command: "openclaw approvals get",
          },
        ]
      : [];
  return [...malformed, ...(saved?.problems ?? []).map((text) => ({ code: "state-file", text }))];
}
