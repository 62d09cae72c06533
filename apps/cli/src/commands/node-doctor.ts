import {
  lookAtServices,
  realServiceSystem,
  ServiceError,
  type ServiceSystem,
  type ServiceTarget,
  type ServiceWorld,
} from "@openclaw/service-installer";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { jsonPretty } from "../output/printable.ts";
import { check, type Check, type CheckLevel } from "../service/doctor-check.ts";
import { runtimeCheck } from "../service/choose-runtime.ts";
import { say } from "../service/say.ts";
import { serviceChecks } from "../service/service-checks.ts";
import { stateChecks } from "../service/state-checks.ts";
import { isOthers, statusReport } from "../service/status-report.ts";

/** `openclaw node doctor`: looks at everything that a node host needs, and says what mends it. Changes nothing. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  return await doctor(input, io, realServiceSystem(io.env));
}

export async function doctor(input: CommandInput, io: CommandIo, system: ServiceSystem): Promise<number> {
  const report = await statusReport(input, system);
  const world = await worldOf(system, report.target);
  const { bun, node } = process.versions;
  const checks: readonly Check[] = [
    bun === undefined ? runtimeCheck(node) : check("runtime", "ok", `Bun ${bun}`),
    ...(isOthers(report.paths, system)
      ? [
          check(
            "state-directory",
            "note",
            `\`${report.paths.stateDir}\` is another account's; ask as that account`,
          ),
        ]
      : stateChecks(report.paths, system.env)),
    ...serviceChecks(report, world),
  ];
  const failed = checks.some(({ level }) => level === "error");
  if (flag(input, "json")) io.stdout.write(jsonPretty({ ok: !failed, checks }));
  else show(checks, io);
  return failed ? EXIT.failure : EXIT.ok;
}

async function worldOf(system: ServiceSystem, target: ServiceTarget): Promise<ServiceWorld | undefined> {
  try {
    return await lookAtServices(system, target);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

const WORDS: Readonly<Record<CheckLevel, string>> = {
  ok: "ok     ",
  note: "note   ",
  warning: "warning",
  error: "ERROR  ",
};

function show(checks: readonly Check[], io: CommandIo): void {
  for (const { id, level, text, command, on } of checks) {
    say(io, `${WORDS[level]}  ${id}: ${text}`, " ".repeat(9));
    if (command !== undefined)
      say(io, `         ${on === "gateway" ? "on the Gateway" : "mend it with"}: ${command}`, " ".repeat(11));
  }
  const count = (wanted: CheckLevel): number => checks.filter(({ level }) => level === wanted).length;
  const [errors, warnings] = [count("error"), count("warning")];
  say(io, "");
  say(
    io,
    errors + warnings === 0
      ? "Nothing to mend."
      : `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`,
  );
}
