import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";
import { serviceNames } from "./service-names.ts";
import type { RenderedFile, ServiceSpec } from "./service-spec.ts";
import {
  escapeEnvironmentFileValue,
  escapeSystemdArgument,
  escapeSystemdFilePath,
  escapeSystemdLine,
  escapeSystemdProgram,
  escapeSystemdValue,
} from "./systemd-escape.ts";
import { readSystemdUnit } from "./systemd-reader.ts";

/**
 * The files of a systemd user service, both 0600: the secrets (only when there are any) first, then the unit. Exit code
 * 78 is not restarted (service installer section 3). The text is read back and compared with the spec before it is
 * returned. Throws ServiceError for anything that the format cannot carry exactly.
 */
export function renderSystemdUnit(spec: ServiceSpec): readonly RenderedFile[] {
  checkCounts(spec);
  const [program, ...rest] = spec.command;
  const command = [
    escapeSystemdProgram(program),
    ...rest.map((argument, index) => escapeSystemdArgument(argument, `argument ${index + 1}`)),
  ].join(" ");
  const secretLines = variableLines(spec.secrets, (name, value) => [
    `${name}=${escapeEnvironmentFileValue(value, `secret ${name}`)}`,
  ]);
  const lines = [
    "[Unit]",
    `Description=${escapeSystemdLine(spec.description, "description")}`,
    "After=network-online.target",
    "Wants=network-online.target",
    "StartLimitBurst=5",
    "StartLimitIntervalSec=60",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${command}`,
    "Restart=always",
    "RestartSec=5",
    "RestartPreventExitStatus=78",
    "SuccessExitStatus=0 143",
    "TimeoutStartSec=30",
    "TimeoutStopSec=30",
    "KillMode=mixed",
    "Delegate=yes",
    "OOMPolicy=continue",
    "UMask=0077",
    "LimitCORE=0",
    ...(secretLines.length === 0
      ? []
      : [`EnvironmentFile=-${escapeSystemdFilePath(spec.secretsFile, "path of the secrets file")}`]),
    ...variableLines(spec.environment, (name, value) => [
      `Environment=${escapeSystemdValue(`${name}=${value}`, `variable ${name}`)}`,
    ]),
    "",
    "[Install]",
    "WantedBy=default.target",
  ];
  const unit: RenderedFile = {
    path: posix.join(spec.definitionDir, serviceNames("linux", spec.stateProfile).fileName),
    text: `${lines.join("\n")}\n`,
    mode: 0o600,
  };
  checkUnit(unit.text, spec);
  if (secretLines.length === 0) return [unit];
  return [{ path: spec.secretsFile, text: `${secretLines.join("\n")}\n`, mode: 0o600 }, unit];
}

function checkCounts(spec: ServiceSpec): void {
  if (spec.command.length > serviceLimits.commandWords)
    throw new ServiceError(
      "too-large",
      `the command has more than ${serviceLimits.commandWords} words; shorten it`,
    );
  for (const variables of [spec.environment, spec.secrets])
    if (variables.size > serviceLimits.variables)
      throw new ServiceError(
        "too-large",
        `there are more than ${serviceLimits.variables} variables; leave some out`,
      );
}

function variableLines(
  variables: ReadonlyMap<string, string>,
  render: (name: string, value: string) => readonly string[],
): readonly string[] {
  return [...variables].flatMap(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new ServiceError(
        "bad-variable",
        "a variable has a name that is not made of letters, digits and `_`; rename it",
      );
    return render(name, value);
  });
}

/** What was written must read as what was meant, and must not give a secret away. */
function checkUnit(text: string, spec: ServiceSpec): void {
  if (Buffer.byteLength(text) > serviceLimits.definitionBytes)
    throw new ServiceError(
      "too-large",
      `the unit is larger than ${serviceLimits.definitionBytes} bytes; shorten it`,
    );
  const read = readSystemdUnit(text);
  const files = spec.secrets.size === 0 ? [] : [`-${spec.secretsFile}`];
  const meant = {
    description: spec.description,
    command: spec.command,
    environment: spec.environment,
    environmentFiles: files,
  };
  if (!isDeepStrictEqual(read, meant))
    throw new ServiceError(
      "render-mismatch",
      "the unit does not read back as it was meant; please report this",
    );
  const open = [spec.description, ...spec.command, ...spec.environment.values()];
  for (const [name, secret] of spec.secrets) {
    const exposed =
      spec.environment.has(name) ||
      open.some(
        (part) =>
          part === secret || (secret.length >= serviceLimits.shortSecretChars && part.includes(secret)),
      );
    if (exposed && secret !== "")
      throw new ServiceError(
        "secret-exposed",
        `the secret ${name} also stands in the command, the description or the plain environment; take it out there`,
        { part: `secret ${name}` },
      );
  }
}
