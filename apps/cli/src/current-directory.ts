import { CliError } from "./errors.ts";

/** The directory that we were started in, as long as it exists; throws `no-directory`. */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new CliError(
      "no-directory",
      "the current directory does not exist any more",
      ["change to another directory and try again"],
      { cause },
    );
  }
}
