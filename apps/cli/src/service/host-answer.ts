import { setTimeout as pause } from "node:timers/promises";
import type { StatePaths } from "@openclaw/config-store";
import type { BrowserView } from "../browser/host-browser.ts";
import { askControlSocket } from "../host/control-socket.ts";
import type { ContainmentView, LinkView, PolicyView, RunsView, SurfaceView } from "../host/host-status.ts";
import type { LinkProblem } from "../host/last-problem.ts";
import type { PauseView } from "../host/pause.ts";

/**
 * What a running host says about itself, as far as it can be read. The host may be of another version than this
 * command, so that every part may be missing.
 */
export interface HostAnswer {
  readonly pid?: number | undefined;
  readonly version?: string | undefined;
  readonly gateway?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly startedAt?: number | undefined;
  readonly link?: LinkView | undefined;
  readonly surface?: SurfaceView | undefined;
  /** What went wrong with the link the last time. */
  readonly lastError?: LinkProblem | undefined;
  readonly activeRuns?: number | undefined;
  readonly runs?: RunsView | undefined;
  readonly containment?: ContainmentView | undefined;
  /** The browsers that run; absent where the host has the browser off. */
  readonly browsers?: readonly BrowserView[] | undefined;
  /** The owner's pause, while there is one. */
  readonly paused?: PauseView | undefined;
  readonly policyState?: string | undefined;
  readonly policy?: PolicyView | undefined;
  readonly policyEdits?: string | undefined;
  readonly gatewayApprovals?: string | undefined;
  /** What becomes of runs whose connection is lost. */
  readonly onDisconnect?: string | undefined;
}

/** Asks the host of this state directory; undefined when none answers. */
export async function askHost(paths: StatePaths): Promise<HostAnswer | undefined> {
  return readHostAnswer(await askControlSocket(paths.controlSocket, "status"));
}

/** How long a host that was just started may take to know where it stands, in milliseconds. */
export const SETTLE_MS = 3_000;
const ASK_EVERY_MS = 150;

/** The same, as soon as the host is connected or knows why not. Undefined at once when none answers. */
export async function askSettledHost(
  paths: StatePaths,
  settleMs: number = SETTLE_MS,
): Promise<HostAnswer | undefined> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const answer = await askHost(paths);
    const settled = answer?.link === undefined || !["idle", "connecting"].includes(answer.link.phase);
    if (settled || performance.now() >= deadline) return answer;
    await pause(ASK_EVERY_MS);
  }
}

/** Undefined for what is no answer to `status` at all. */
export function readHostAnswer(value: unknown): HostAnswer | undefined {
  const answer = record(value);
  if (answer === undefined || answer["ok"] !== true) return undefined;
  const link = record(answer["link"]);
  const surface = record(answer["surface"]);
  const approvals = record(answer["approvals"]);
  return {
    pid: number(answer["pid"]),
    version: text(answer["version"]),
    gateway: text(answer["gateway"]),
    deviceId: text(answer["deviceId"]),
    nodeId: text(answer["nodeId"]),
    displayName: text(answer["displayName"]),
    startedAt: number(answer["startedAt"]),
    link:
      link === undefined
        ? undefined
        : {
            phase: text(link["phase"]) ?? "unknown",
            state: text(link["state"]),
            next: text(link["next"]),
            since: number(link["since"]) ?? 0,
            cause: text(link["cause"]),
            why: text(link["why"]),
            retryAt: number(link["retryAt"]),
            requestId: text(link["requestId"]),
            roundTripMs: number(link["roundTripMs"]),
            gatewayVersion: text(link["gatewayVersion"]),
            protocol: number(link["protocol"]),
          },
    surface:
      surface === undefined
        ? undefined
        : {
            stage: text(surface["stage"]) ?? "unknown",
            requestId: text(surface["requestId"]),
            added: names(surface["added"]),
            declared: names(surface["declared"]),
            approved: names(surface["approved"]),
          },
    lastError: readProblem(answer["lastError"]),
    activeRuns: number(answer["activeInvokes"]),
    runs: readRuns(answer["runs"]),
    containment: readContainment(answer["containment"]),
    browsers: readBrowsers(record(answer["browser"])?.["running"]),
    paused: readPause(answer["paused"]),
    policyState: text(answer["policy"]),
    policy:
      approvals === undefined
        ? undefined
        : {
            path: text(approvals["path"]) ?? "",
            security: text(approvals["security"]) ?? "",
            ask: text(approvals["ask"]) ?? "",
            askFallback: text(approvals["askFallback"]) ?? "",
          },
    policyEdits: text(answer["policyEdits"]),
    gatewayApprovals: text(answer["gatewayApprovals"]),
    onDisconnect: text(answer["onDisconnect"]),
  };
}

/** Undefined for what is no pause. */
export function readPause(value: unknown): PauseView | undefined {
  const paused = record(value);
  if (paused === undefined) return undefined;
  return {
    since: number(paused["since"]) ?? 0,
    until: number(paused["until"]) ?? null,
    keep: paused["keep"] === true,
  };
}

/** Undefined for what is no list of browsers. */
export function readBrowsers(value: unknown): readonly BrowserView[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((item: unknown) => {
    const browser = record(item);
    const profile = text(browser?.["profile"]);
    if (profile === undefined) return [];
    const [pid, since] = [number(browser?.["pid"]) ?? null, number(browser?.["since"]) ?? null];
    return [{ profile, pid, tabs: number(browser?.["tabs"]) ?? 0, since }];
  });
}

function readProblem(value: unknown): LinkProblem | undefined {
  const problem = record(value);
  const why = text(problem?.["why"]);
  if (why === undefined) return undefined;
  return { at: number(problem?.["at"]) ?? 0, cause: text(problem?.["cause"]) ?? "unknown", why };
}

function readRuns(value: unknown): RunsView | undefined {
  const runs = record(value);
  const [active, queued, limit] = [
    number(runs?.["active"]),
    number(runs?.["queued"]),
    number(runs?.["limit"]),
  ];
  return active === undefined || queued === undefined || limit === undefined
    ? undefined
    : { active, queued, limit };
}

function readContainment(value: unknown): ContainmentView | undefined {
  const containment = record(value);
  const kind = text(containment?.["kind"]);
  return kind === undefined ? undefined : { kind, whyNotBetter: text(containment?.["whyNotBetter"]) };
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function names(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((item: unknown) => typeof item === "string");
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
