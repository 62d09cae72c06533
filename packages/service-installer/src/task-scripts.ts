import { isDeepStrictEqual } from "node:util";

import { readNodeScript } from "./cmd-reader.ts";
import { cmdArgument, cmdAssignment, cmdProgram, cmdRemark, cmdScript } from "./cmd-text.ts";
import { checkDefinition, checkSize, type Definition } from "./definition.ts";
import { ServiceError } from "./errors.ts";

export interface NodeScript extends Definition {
  /** Read by the script when it is there. */
  readonly secretsFile: string;
}

/** The text of `node.cmd`. Read back and compared before it is returned. Throws ServiceError. */
export function renderNodeScript(script: NodeScript): string {
  checkDefinition(script);
  const [program, ...rest] = script.command;
  const secrets = cmdProgram(script.secretsFile).replace(/^"?(.*?)"?$/, '"$1"');
  const text = cmdScript([
    "@echo off",
    cmdRemark(script.description),
    // The text below is UTF-8, whatever the code page of the machine.
    "chcp 65001 >nul",
    "setlocal EnableExtensions DisableDelayedExpansion",
    'cd /d "%USERPROFILE%"',
    ...[...script.environment].map(([name, value]) => cmdAssignment(name, value, `variable ${name}`)),
    `if exist ${secrets} call ${secrets}`,
    [cmdProgram(program), ...rest.map((word, index) => cmdArgument(word, `argument ${index + 1}`))].join(" "),
    "exit /b %ERRORLEVEL%",
  ]);
  const read = readNodeScript(checkSize(text, "script"));
  const meant = {
    command: script.command,
    environment: script.environment,
    called: [script.secretsFile],
  };
  if (!isDeepStrictEqual(read, meant))
    throw new ServiceError(
      "render-mismatch",
      "the script does not read back as it was meant; please report this",
    );
  return text;
}

/** The script that `node.cmd` calls. Throws as above. */
export function renderSecretsScript(secrets: ReadonlyMap<string, string>): string {
  return checkSize(
    cmdScript([...secrets].map(([name, value]) => cmdAssignment(name, value, `secret ${name}`))),
    "secrets file",
  );
}

/** Exit codes after which a restart would not help, and 0. */
const FINAL = [0, 2, 78];

/**
 * Runs `node.cmd` beside it without a window, and again after a failure: Task Scheduler does not take an exit code for
 * one. A file named after `stopFile` in the same directory ends it.
 */
export function renderLauncher(directory: string, scriptName: string, stopFile: string): string {
  const text = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return [
    "Option Explicit",
    "Dim shell, files, code",
    'Set shell = CreateObject("WScript.Shell")',
    'Set files = CreateObject("Scripting.FileSystemObject")',
    `shell.CurrentDirectory = ${text(directory)}`,
    `If files.FileExists(${text(stopFile)}) Then files.DeleteFile ${text(stopFile)}`,
    "Do",
    // After an uninstall.
    `  If Not files.FileExists(${text(scriptName)}) Then WScript.Quit 0`,
    `  code = shell.Run(${text(`cmd.exe /d /c .\\${scriptName}`)}, 0, True)`,
    `  If ${FINAL.map((number) => `code = ${number}`).join(" Or ")} Then WScript.Quit code`,
    `  If files.FileExists(${text(stopFile)}) Then WScript.Quit 0`,
    "  WScript.Sleep 5000",
    `  If files.FileExists(${text(stopFile)}) Then WScript.Quit 0`,
    "Loop",
    "",
  ].join("\r\n");
}
