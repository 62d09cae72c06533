import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../errors.ts";
import { OPERATOR_LIMITS } from "./limits.ts";

/** A private copy of a text for an editor. */
export interface EditDraft {
  readonly path: string;
  /** The text as it is now. Throws CliError `editor-failed`; the file stays. */
  read(): string;
  /** Removes it, with whatever the editor left beside it. */
  remove(): void;
}

/** Makes a file that only this user can read, in a directory that only this user can enter. */
export function openDraft(text: string, name: string): EditDraft {
  const directory = mkdtempSync(join(tmpdir(), "openclaw-edit-"));
  // The mode asked for can be widened by nothing, but narrowed or left by odd file systems.
  chmodSync(directory, 0o700);
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  return {
    path,
    read: () => {
      try {
        if (statSync(path).size > OPERATOR_LIMITS.policyBytes) {
          throw new CliError(
            "editor-failed",
            `the draft \`${path}\` is larger than ${OPERATOR_LIMITS.policyBytes} bytes; nothing was changed`,
          );
        }
        return readFileSync(path, "utf8");
      } catch (cause) {
        if (cause instanceof CliError) throw cause;
        const code = String(Reflect.get(Object(cause), "code") ?? cause);
        throw new CliError(
          "editor-failed",
          `cannot read the draft \`${path}\` (${code}); nothing was changed`,
          [],
          {
            cause,
          },
        );
      }
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
