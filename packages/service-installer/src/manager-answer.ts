import { serviceLimits } from "./limits.ts";
import type { ServiceManager } from "./service-spec.ts";
import type { CommandOutcome } from "./service-system.ts";
import type { ManagerReason, ManagerState } from "./service-world.ts";

/** What the answer to a first question says about a service manager. `booted`: the machine was started with it. */
export function managerState(
  manager: ServiceManager,
  outcome: CommandOutcome,
  booted: boolean = true,
): ManagerState {
  if (outcome.kind === "exited" && outcome.code === 0) return { manager, available: true };
  const detail = detailOf(outcome);
  return { manager, available: false, reason: reasonOf(outcome, detail, booted), detail };
}

function reasonOf(outcome: CommandOutcome, detail: string, booted: boolean): ManagerReason {
  if (outcome.kind === "missing") return "not-installed";
  if (outcome.kind === "timed-out") return "timed-out";
  if (/has not been booted with systemd|Host is down/iu.test(detail) || !booted) return "not-running";
  if (/connect to (?:the )?bus|No medium found|XDG_RUNTIME_DIR|DBUS_SESSION_BUS/iu.test(detail))
    return "no-user-bus";
  if (/Could not find domain|Domain does not support/iu.test(detail)) return "no-user-bus";
  if (/access (?:is )?denied|permission denied|interactive authentication|not permitted/iu.test(detail))
    return "denied";
  return "failed";
}

/** The words of a command for a person: one line, bounded, without control characters. */
export function detailOf(outcome: CommandOutcome): string {
  if (outcome.kind === "missing") return "the command is not there";
  if (outcome.kind === "timed-out") return "no answer in time";
  if (outcome.kind === "broken") return outcome.detail;
  const said = outcome.stderr.trim() === "" ? outcome.stdout : outcome.stderr;
  const text = said
    .replace(/[\s\p{Cc}\p{Bidi_Control}]+/gu, " ")
    .trim()
    .slice(0, serviceLimits.detailChars);
  return text === "" ? `exit code ${outcome.code}` : text;
}
