import { join } from "node:path";
import { openSandbox, type Sandbox } from "@openclaw/executor";
import type { HostLog } from "./host-log.ts";
import { chosenProfile, type SandboxSettings } from "./sandbox-settings.ts";

/** What no run in a sandbox may see. */
export interface SandboxHost {
  readonly home: string;
  /** The state of this host: its identity and its policy. */
  readonly stateDir: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Sandboxes that were found to work, by the settings that name them: these are read at start and never change. */
const OPEN = new WeakMap<SandboxSettings, Map<string, Promise<Sandbox>>>();

/** The sandbox for a run; undefined where none is wanted. One that did not work is tried again. */
export async function runSandbox(
  settings: SandboxSettings,
  wish: { readonly agentId: string | undefined; readonly patterns: readonly string[] },
  host: SandboxHost,
): Promise<Sandbox | undefined> {
  const chosen = chosenProfile(settings, wish.agentId, wish.patterns);
  if (chosen.kind === "none") return undefined;
  if (chosen.kind === "conflict") {
    const names = chosen.names.map((name) => `\`${name}\``).join(" and ");
    return { ok: false, reason: `its allowlist entries name different ones, ${names}` };
  }
  const { name } = chosen;
  const sandbox = await opened(settings, name, host);
  return sandbox.ok ? sandbox : { ok: false, reason: `\`${name}\` cannot be used: ${sandbox.reason}` };
}

async function opened(settings: SandboxSettings, name: string, host: SandboxHost): Promise<Sandbox> {
  const open = OPEN.get(settings) ?? new Map<string, Promise<Sandbox>>();
  OPEN.set(settings, open);
  const known = open.get(name) ?? openSandbox(settings.profiles[name] ?? {}, factsOf(host));
  open.set(name, known);
  const sandbox = await known;
  if (!sandbox.ok && open.get(name) === known) open.delete(name);
  return sandbox;
}

function factsOf({ home, stateDir, platform }: SandboxHost): Parameters<typeof openSandbox>[1] {
  // The official program's state may be beside ours.
  const hidden = [join(home, ".openclaw"), ...(stateDir === undefined ? [] : [stateDir])];
  return { hidden, platform };
}

/** Says at the start which runs will be refused because their sandbox does not work here. */
export async function tellSandboxesOutOfReach(
  settings: SandboxSettings,
  host: SandboxHost,
  log: Pick<HostLog, "warn">,
): Promise<void> {
  for (const name of Object.keys(settings.profiles)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: nobody waits for it
    const sandbox = await opened(settings, name, host);
    if (!sandbox.ok)
      log.warn(`runs under the sandbox profile \`${name}\` of node.json are refused: ${sandbox.reason}`);
  }
}
