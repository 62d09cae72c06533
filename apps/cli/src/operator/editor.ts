import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";

type Environment = CommandIo["env"];

/** The owner's editor: a command line, as `$VISUAL` and `$EDITOR` hold one. Throws CliError `no-editor`. */
export function chooseEditor(env: Environment): string {
  for (const name of ["VISUAL", "EDITOR"]) {
    const value = env[name]?.trim() ?? "";
    if (value !== "") return value;
  }
  const usual = process.platform === "win32" ? ["notepad.exe"] : ["nano", "vi"];
  const found = usual.find((name) => isInPath(name, env));
  if (found !== undefined) return found;
  throw new CliError("no-editor", "no editor was found: neither nano nor vi is in PATH", [
    "name one: EDITOR=/path/of/an/editor openclaw approvals edit",
  ]);
}

/** Opens a file and resolves when the editor ends. Throws CliError `editor-failed`. */
export async function runEditor(editor: string, path: string, env: Environment): Promise<void> {
  // A line may hold options (`code --wait`), so a shell reads it; the path is never part of its text.
  const child =
    process.platform === "win32"
      ? spawn(`${editor} "${path}"`, { shell: true, stdio: "inherit", env: { ...env } })
      : spawn("/bin/sh", ["-c", `${editor} "$@"`, "editor", path], { stdio: "inherit", env: { ...env } });
  // Ctrl-C belongs to the editor; the draft has to outlive it.
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (...ended) => resolve(ended));
    });
    if (code === 0) return;
    throw failed(
      editor,
      path,
      code === null ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`,
    );
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw failed(
      editor,
      path,
      `could not be started (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  } finally {
    process.off("SIGINT", ignore);
  }
}

function failed(editor: string, path: string, what: string): CliError {
  return new CliError("editor-failed", `the editor \`${editor}\` ${what}; nothing was changed`, [
    `your text is in ${path}`,
  ]);
}

function isInPath(name: string, env: Environment): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((directory) => {
    if (directory === "") return false;
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}
