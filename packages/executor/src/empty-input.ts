import { openSync } from "node:fs";
import { devNull } from "node:os";

let file: number | undefined;

/**
 * The standard input of every run, opened once and kept. Otherwise each child opens it for itself, and where that
 * fails because too many files are open, Node 20 to 24 forget both pipes of that child (see `closeForgottenPipes`).
 */
export function emptyInput(platform: NodeJS.Platform): number | "ignore" {
  if (platform === "win32") return "ignore";
  try {
    file ??= openSync(devNull, "r");
    return file;
  } catch {
    return "ignore";
  }
}
