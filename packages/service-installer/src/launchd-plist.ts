import { isDeepStrictEqual } from "node:util";

import { checkDefinition, checkSize, type Definition } from "./definition.ts";
import { ServiceError } from "./errors.ts";
import { readLaunchdPlist } from "./launchd-reader.ts";
import { wrapperWords } from "./launchd-wrapper.ts";
import { exportLines } from "./shell-text.ts";
import { escapeXml } from "./xml-text.ts";

export interface LaunchdJob extends Definition {
  readonly label: string;
  /** LaunchDaemons: the account that the host runs as. */
  readonly user: string | undefined;
  /** Read by the wrapper before the program starts; may be absent. */
  readonly secretsFile: string;
  readonly logFile: string;
}

/** The text of a property list. Read back and compared before it is returned. Throws ServiceError. */
export function renderLaunchdPlist(job: LaunchdJob): string {
  checkDefinition(job);
  const words = [...wrapperWords(job.secretsFile), ...job.command];
  const text = (value: string, part?: string): string => `<string>${escapeXml(value, part)}</string>`;
  const entry = (name: string, value: string): string => `    <key>${name}</key>\n    ${value}\n`;
  const variables = [...job.environment]
    .map(([name, value]) => `      <key>${escapeXml(name)}</key>\n      ${text(value, `variable ${name}`)}\n`)
    .join("");
  const plist = [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n',
    '<plist version="1.0">\n  <dict>\n',
    entry("Label", text(job.label)),
    entry("Comment", text(job.description, "description")),
    ...(job.user === undefined ? [] : [entry("UserName", text(checkedUser(job.user)))]),
    entry("RunAtLoad", "<true/>"),
    // After 0 (also from the wrapper) it stays down; after everything else it comes back.
    entry("KeepAlive", "<dict>\n      <key>SuccessfulExit</key>\n      <false/>\n    </dict>"),
    entry("ExitTimeOut", "<integer>20</integer>"),
    entry("ProcessType", text("Interactive")),
    entry("ThrottleInterval", "<integer>10</integer>"),
    entry("Umask", "<integer>63</integer>"),
    entry(
      "ProgramArguments",
      `<array>\n${words.map((word, index) => `      ${text(word, `argument ${index}`)}\n`).join("")}    </array>`,
    ),
    entry("StandardInPath", text("/dev/null")),
    entry("StandardOutPath", text(job.logFile, "path of the log")),
    // The host logs to standard error.
    entry("StandardErrorPath", text(job.logFile, "path of the log")),
    entry("EnvironmentVariables", `<dict>\n${variables}    </dict>`),
    "  </dict>\n</plist>\n",
  ].join("");
  checkReading(checkSize(plist, "property list"), job);
  return plist;
}

/** The file that the wrapper reads. Throws as above. */
export function renderLaunchdSecrets(secrets: ReadonlyMap<string, string>): string {
  return checkSize(exportLines(secrets, "secret"), "secrets file");
}

function checkedUser(user: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/.test(user)) return user;
  throw new ServiceError("bad-user", "a system service needs the name of the account that it runs as");
}

function checkReading(text: string, job: LaunchdJob): void {
  const read = readLaunchdPlist(text);
  const meant = {
    label: job.label,
    command: job.command,
    environment: job.environment,
    secretsFile: job.secretsFile,
    workingDirectory: undefined,
    logFile: job.logFile,
  };
  if (!isDeepStrictEqual(read, meant))
    throw new ServiceError(
      "render-mismatch",
      "the property list does not read back as it was meant; please report this",
    );
}
