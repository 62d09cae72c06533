import type { ServiceProblem } from "./errors.ts";
import { actOnDarwin } from "./act-darwin.ts";
import { actOnLinux } from "./act-linux.ts";
import { actOnWindows } from "./act-windows.ts";
import { emptyPlan, nothingToDo, refused, rightsProblem } from "./plan-shape.ts";
import { nativeManager, serviceFacts } from "./service-facts.ts";
import type { ServiceNote } from "./service-notes.ts";
import type { PlanStep, ServicePlan, ServiceResultWord } from "./service-plan.ts";
import type { ServiceWorld } from "./service-world.ts";
import { actingManager, noManagerProblem, notLoadedHints } from "./ways-out.ts";

type Managing = "start" | "stop" | "restart" | "uninstall";

/** Refused with `not-installed` when there is none, and with `needs-repair` when it cannot run. Pure. */
export function planStart(world: ServiceWorld): ServicePlan {
  const { runtime } = world.installed;
  const refusal = cannotStart("start", world);
  if (refusal !== undefined) return refusal;
  if (runtime.status === "running") {
    const pid = runtime.pid === undefined ? "" : ` (pid ${runtime.pid})`;
    return nothingToDo(
      "start",
      world,
      "already-running",
      `Node service already running${pid}.`,
      temporary(world),
    );
  }
  return applied("start", "started", world, true);
}

export function planRestart(world: ServiceWorld): ServicePlan {
  return cannotStart("restart", world) ?? applied("restart", "restarted", world, true);
}

/** Without a service there is nothing to stop, and that is fine. Pure. */
export function planStop(world: ServiceWorld): ServicePlan {
  const { installed } = world;
  const there = isThere(world) || installed.runtime.status === "running";
  const stopped = world.platform === "darwin" && !installed.loaded;
  if (!there || stopped || actingManager(world) === undefined)
    return nothingToDo("stop", world, "not-loaded", notLoadedMessage(world));
  const problem = rightsProblem("stop", world);
  if (problem !== undefined) return refused("stop", world, problem);
  // launchd's way to stop is to unload.
  return applied("stop", "stopped", world, world.platform === "darwin" ? false : installed.loaded);
}

/** Takes away the definition and the secrets file; never one of another writer. The state directory stays. Pure. */
export function planUninstall(world: ServiceWorld): ServicePlan {
  const { definition, loaded } = world.installed;
  if (definition === undefined && !loaded)
    return nothingToDo("uninstall", world, "uninstalled", "Node service is not installed.");
  if (definition?.origin !== "ours")
    return refused("uninstall", world, {
      code: "foreign-service",
      message: `${definition === undefined ? "the service" : `\`${definition.path}\``} was not written by this program; it was left alone`,
      hints: ["remove it with the program that made it, for example the official `openclaw node uninstall`"],
    });
  const problem = rightsProblem("uninstall", world);
  if (problem !== undefined) return refused("uninstall", world, problem);
  if (actingManager(world) === undefined) return refused("uninstall", world, noManagerProblem(world));
  return applied("uninstall", "uninstalled", world, false);
}

function cannotStart(action: "start" | "restart", world: ServiceWorld): ServicePlan | undefined {
  const rights = rightsProblem(action, world);
  const refuse = (problem: ServiceProblem): ServicePlan => refused(action, world, problem);
  if (actingManager(world) === undefined) {
    const problem = noManagerProblem(world);
    if (isThere(world)) return refuse(problem);
    return refuse({ ...notInstalled(world), hints: [...notInstalled(world).hints, ...problem.hints] });
  }
  if (!isThere(world)) return refuse(notInstalled(world));
  if (rights !== undefined) return refuse(rights);
  const broken = world.installed.findings.filter(
    ({ code }) => code === "runtime-missing" || code === "entry-missing",
  );
  if (broken.length === 0) return undefined;
  return refuse({
    code: "needs-repair",
    message: `Node service needs repair before it can start: ${broken.map(({ text }) => text).join("; ")}`,
    hints: ["openclaw node install --force"],
  });
}

/** systemd: enabled; the others also when only the definition is there. */
function isThere(world: ServiceWorld): boolean {
  const { loaded, definition } = world.installed;
  return loaded || (definition !== undefined && world.platform === "darwin");
}

function notInstalled(world: ServiceWorld): ServiceProblem {
  const { stateProfile, scope } = world.target;
  return {
    code: "not-installed",
    message: notLoadedMessage(world),
    hints: notLoadedHints(world.platform, stateProfile, scope),
  };
}

/** The recorded sentence: `Node service disabled.` */
function notLoadedMessage(world: ServiceWorld): string {
  return `Node service ${serviceFacts(nativeManager(world.platform), world.target.scope, false).notLoadedText}.`;
}

function applied(
  action: Managing,
  result: ServiceResultWord,
  world: ServiceWorld,
  loadedAfter: boolean,
): ServicePlan {
  const plan = emptyPlan(action, world);
  const uninstalled: readonly ServiceNote[] =
    action === "uninstall"
      ? [
          {
            code: "state-kept",
            text: `identity, settings and policy stay in \`${world.target.stateDir}\``,
          },
          ...world.dropIns.map((path) => ({
            code: "drop-ins" as const,
            text: `\`${path}\` is not ours and stays`,
          })),
        ]
      : [];
  const blind = world.platform === "win32" && action !== "start" && world.target.hostPid === undefined;
  return {
    ...plan,
    outcome: { kind: "apply", result },
    steps: stepsFor(action, world),
    after: serviceFacts(plan.manager, world.target.scope, loadedAfter),
    warnings: action === "start" || action === "restart" ? temporary(world) : [],
    notes: [
      ...uninstalled,
      ...(blind
        ? [
            {
              code: "stop-needs-pid" as const,
              text: "ending a task does not end the host that it started when nobody knows its process id; it stops at the next failure or logout",
            },
          ]
        : []),
      ...plan.notes,
    ],
  };
}

function temporary(world: ServiceWorld): readonly ServiceNote[] {
  return world.installed.findings.filter(({ code }) => code === "temporary-path");
}

function stepsFor(action: Managing, world: ServiceWorld): readonly PlanStep[] {
  if (world.platform === "darwin") return actOnDarwin(action, world);
  if (world.platform === "win32") return actOnWindows(action, world);
  return actOnLinux(action, world);
}
