import type { ServiceSystem } from "@openclaw/service-installer";
import type { CommandInput, CommandIo } from "../command.ts";
import type { Mended } from "./mend.ts";
import { serviceOptions } from "./service-options.ts";
import type { StatusReport } from "./status-report.ts";
import type { ThisProgram } from "./this-program.ts";

const MOVED: ReadonlySet<string> = new Set(["runtime-missing", "entry-missing"]);

/**
 * `node install --force` with the options of the service that is there, when the program that it starts is gone. Not for
 * services of other programs, not without the right to, and not below runs that are going on.
 */
export async function reinstall(
  report: StatusReport,
  system: ServiceSystem,
  program: ThisProgram,
): Promise<readonly Mended[]> {
  const { service, target, host } = report;
  const moved = service.findings.find(({ code }) => MOVED.has(code));
  if (moved === undefined || service.origin !== "ours" || service.command === undefined) return [];
  const id = `service-${moved.code}`;
  const not = (text: string): readonly Mended[] => [{ id, ok: false, text }];
  if (target.scope === "system" && system.self.uid !== 0)
    return not("the service of the machine can be written anew by root only");
  if ((host?.activeRuns ?? 0) > 0)
    return not("runs are going on in the old program; the service is not touched before they end");
  const options = serviceOptions(service.command.programArguments);
  if (options === undefined) return not("the options of the service cannot be read; write it anew by hand");
  const { install } = await import("../commands/node-install.ts");
  const { stateProfile, scope } = target;
  const input: CommandInput = {
    options: {
      ...options,
      // A text for `install`, which has its own words for a wrong one.
      ...("port" in options ? { port: String(options["port"]) } : {}),
      ...(stateProfile === "default" ? {} : { profile: stateProfile }),
      ...(scope === "system" ? { system: true } : {}),
      force: true,
      json: true,
    },
    positionals: {},
    rest: [],
  };
  const words: string[] = [];
  const quiet: CommandIo = {
    env: system.env,
    stdout: { write: (text) => void words.push(text) },
    stderr: { write: (text) => void words.push(text) },
    stdin: process.stdin,
  };
  const code = await install(input, quiet, system, program);
  if (code === 0) return [{ id, ok: true, text: `wrote the service anew: it runs \`${program.entry}\` now` }];
  return not(`the service cannot be written anew: ${reasonIn(words.join(""))}`);
}

function reasonIn(answer: string): string {
  try {
    const error: unknown = Reflect.get(Object(JSON.parse(answer)), "error");
    return typeof error === "string" ? error : "no reason was given";
  } catch {
    return "no reason was given";
  }
}
