import { isDeepStrictEqual } from "node:util";

import { checkDefinition, checkSize, type Definition } from "./definition.ts";
import { ServiceError } from "./errors.ts";
import type { ServiceScope } from "./service-spec.ts";
import {
  escapeEnvironmentFileValue,
  escapeSystemdArgument,
  escapeSystemdFilePath,
  escapeSystemdLine,
  escapeSystemdProgram,
  escapeSystemdValue,
} from "./systemd-escape.ts";
import { hardeningLines } from "./systemd-hardening.ts";
import { readSystemdUnit } from "./systemd-reader.ts";
import { linesKnownTo } from "./systemd-since.ts";

/** How the program reaches systemd's notification socket (platform notes section 1). */
export type SystemdNotify =
  /** systemd 253 and later opens the socket and hands it over: only the program itself can use it. */
  | { readonly kind: "open-file"; readonly socket: string }
  /** `systemd-notify` as a child: every process of the service may speak. */
  | { readonly kind: "command" }
  /** Nobody tells: no readiness, no watchdog. */
  | { readonly kind: "none" };

export interface SystemdUnit extends Definition {
  readonly scope: ServiceScope;
  /** System units: the account that the host runs as. */
  readonly user: string | undefined;
  readonly notify: SystemdNotify;
  readonly harden: boolean;
  /** Directives that it does not know are left out. */
  readonly systemdVersion: number | undefined;
  /** Read at every start; may be absent. */
  readonly secretsFile: string;
}

/**
 * The text of a unit. Exit codes 78 (a person must mend the configuration) and 2 (wrong usage) are not restarted. The
 * text is read back and compared before it is returned. Throws ServiceError for anything that the format cannot carry
 * exactly.
 */
export function renderSystemdUnit(unit: SystemdUnit): string {
  checkDefinition(unit);
  const [program, ...rest] = unit.command;
  const command = [
    escapeSystemdProgram(program),
    ...rest.map((argument, index) => escapeSystemdArgument(argument, `argument ${index + 1}`)),
  ].join(" ");
  const lines = [
    "[Unit]",
    `Description=${escapeSystemdLine(unit.description, "description")}`,
    "After=network-online.target",
    "Wants=network-online.target",
    "StartLimitBurst=5",
    "StartLimitIntervalSec=60",
    "",
    "[Service]",
    ...notifyLines(unit.notify),
    `ExecStart=${command}`,
    ...userLines(unit),
    "Restart=always",
    "RestartSec=5",
    "RestartPreventExitStatus=2 78",
    "SuccessExitStatus=0 143",
    "TimeoutStartSec=30",
    "TimeoutStopSec=30",
    "KillMode=mixed",
    "Delegate=yes",
    "OOMPolicy=continue",
    "UMask=0077",
    "LimitCORE=0",
    ...(unit.harden ? hardeningLines(unit.scope) : []),
    `EnvironmentFile=-${escapeSystemdFilePath(unit.secretsFile, "path of the secrets file")}`,
    ...[...unit.environment].map(
      ([name, value]) => `Environment=${escapeSystemdValue(`${name}=${value}`, `variable ${name}`)}`,
    ),
    "",
    "[Install]",
    unit.scope === "system" ? "WantedBy=multi-user.target" : "WantedBy=default.target",
  ];
  const known = linesKnownTo(unit.systemdVersion, lines);
  const text = checkSize(`${known.join("\n")}\n`, "unit");
  checkReading(text, unit);
  return text;
}

/** The text of the secrets file. Throws as above; a value is never in the message. */
export function renderSystemdSecrets(secrets: ReadonlyMap<string, string>): string {
  const lines = [...secrets].map(
    ([name, value]) => `${name}=${escapeEnvironmentFileValue(value, `secret ${name}`)}\n`,
  );
  return checkSize(lines.join(""), "secrets file");
}

function notifyLines(notify: SystemdNotify): readonly string[] {
  switch (notify.kind) {
    case "open-file":
      return [
        "Type=notify",
        "NotifyAccess=main",
        `OpenFile=${openFilePath(notify.socket)}:notify:graceful`,
        "WatchdogSec=60",
      ];
    case "command":
      return ["Type=notify", "NotifyAccess=all", "WatchdogSec=60"];
    case "none":
      return ["Type=exec"];
  }
}

/** No specifier is replaced there, and a colon parts the fields. */
function openFilePath(socket: string): string {
  if (/^\/[A-Za-z0-9_./-]+$/.test(socket)) return socket;
  throw new ServiceError("bad-path", "the path of the notification socket holds unusual characters");
}

function userLines({ scope, user }: SystemdUnit): readonly string[] {
  if (scope === "user") return [];
  if (user === undefined || !/^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/.test(user))
    throw new ServiceError("bad-user", "a system service needs the name of the account that it runs as");
  return [`User=${user}`];
}

/** What was written must read as what was meant. */
function checkReading(text: string, unit: SystemdUnit): void {
  const read = readSystemdUnit(text);
  const meant = {
    description: unit.description,
    command: unit.command,
    environment: unit.environment,
    environmentFiles: [`-${unit.secretsFile}`],
    workingDirectory: undefined,
  };
  if (!isDeepStrictEqual(read, meant))
    throw new ServiceError(
      "render-mismatch",
      "the unit does not read back as it was meant; please report this",
    );
}
