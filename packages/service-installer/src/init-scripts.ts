import { checkDefinition, checkSize, type Definition } from "./definition.ts";
import { ServiceError } from "./errors.ts";
import type { InitLocations } from "./service-locations.ts";
import type { RenderedFile } from "./service-spec.ts";
import { exportLines, quoteForShell } from "./shell-text.ts";

export interface InitService extends Definition {
  /** The account that the host runs as. */
  readonly user: string;
  readonly home: string;
}

/** OpenRC's supervisor starts a script that holds the command: how it reads `command_args` differs by version. */
export function renderOpenrcFiles(service: InitService, places: InitLocations): readonly RenderedFile[] {
  const runner = `/etc/openclaw/${places.name}.run`;
  const user = checkedUser(service.user);
  const script = [
    "#!/sbin/openrc-run",
    `description=${quoteForShell(service.description, "description")}`,
    "supervisor=supervise-daemon",
    `command=${runner}`,
    `command_user=${user}`,
    'pidfile="/run/${RC_SVCNAME}.pid"',
    `output_log=${places.logDir}.log`,
    `error_log=${places.logDir}.log`,
    "umask=0077",
    "respawn_delay=5",
    "respawn_max=5",
    "respawn_period=60",
    'retry="TERM/30/KILL/5"',
    "",
    "depend() {",
    "\tneed net",
    "\tafter firewall",
    "}",
    "",
    "start_pre() {",
    `\tcheckpath --file --mode 0600 --owner ${user} ${places.logDir}.log`,
    // Here it is still root, who alone can read the secrets; the host inherits them.
    `\t[ ! -r ${places.secrets} ] || . ${places.secrets}`,
    "}",
    "",
  ].join("\n");
  return [
    ...secretsFile(service, places),
    { path: runner, text: runnerOf(service), mode: 0o755 },
    { path: places.definition, text: script, mode: 0o755 },
  ];
}

/** runit starts again after a second, for ever; `finish` takes the service down after exit codes that nothing mends. */
export function renderRunitFiles(service: InitService, places: InitLocations): readonly RenderedFile[] {
  const runner = `/etc/openclaw/${places.name}.run`;
  const user = checkedUser(service.user);
  const run = [
    "#!/bin/sh",
    "exec 2>&1",
    "umask 077",
    `[ ! -r ${places.secrets} ] || . ${places.secrets}`,
    `exec chpst -u ${user} ${runner}`,
    "",
  ].join("\n");
  const finish = [
    "#!/bin/sh",
    'case "$1" in',
    `2|78) echo "exit code $1: a person must mend the configuration; not started again"; exec sv down ${places.definitionDir} ;;`,
    "esac",
    "exec sleep 4",
    "",
  ].join("\n");
  const log = ["#!/bin/sh", `exec svlogd -tt ${places.logDir}`, ""].join("\n");
  return [
    ...secretsFile(service, places),
    { path: runner, text: runnerOf(service), mode: 0o755 },
    { path: places.definition, text: run, mode: 0o755 },
    { path: `${places.definitionDir}/finish`, text: finish, mode: 0o755 },
    { path: `${places.definitionDir}/log/run`, text: log, mode: 0o755 },
  ];
}

/** Sets the plain environment and becomes the program. */
export function runnerOf(service: InitService): string {
  checkDefinition(service);
  const words = service.command.map((word, index) => quoteForShell(word, `argument ${index}`));
  return checkSize(
    [
      "#!/bin/sh",
      exportLines(service.environment, "variable").trimEnd(),
      `cd ${quoteForShell(service.home, "home directory")} || exit 1`,
      `exec ${words.join(" ")}`,
      "",
    ].join("\n"),
    "script",
  );
}

function secretsFile(service: InitService, places: InitLocations): readonly RenderedFile[] {
  if (service.secrets.size === 0) return [];
  return [{ path: places.secrets, text: exportLines(service.secrets, "secret"), mode: 0o600, secret: true }];
}

function checkedUser(user: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/u.test(user)) return user;
  throw new ServiceError("bad-user", "the service needs the name of the account that it runs as");
}
