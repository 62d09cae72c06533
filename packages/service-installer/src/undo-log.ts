import type { ServiceSystem } from "./service-system.ts";

/** Remembers what was there before, to put it back. */
export class UndoLog {
  readonly #entries: (
    | { readonly kind: "made"; readonly path: string }
    | {
        readonly kind: "file";
        readonly path: string;
        readonly content: Buffer | undefined;
        readonly mode: number;
      }
  )[] = [];

  made(paths: readonly string[]): void {
    for (const path of paths) this.#entries.push({ kind: "made", path });
  }

  /** To be called before a file is written or removed. Throws when what stands there cannot be read. */
  changing(system: ServiceSystem, path: string): void {
    const content = system.readFile(path);
    this.#entries.push({ kind: "file", path, content, mode: system.factsOf(path)?.mode ?? 0o600 });
  }

  /** Puts everything back, the last change first. Returns the paths where that failed. */
  rollBack(system: ServiceSystem): readonly string[] {
    const failed: string[] = [];
    for (const entry of this.#entries.toReversed()) {
      try {
        if (entry.kind === "made") system.removeDirectory(entry.path);
        else if (entry.content === undefined) system.removeFile(entry.path);
        else system.writeFile(entry.path, entry.content, entry.mode);
      } catch {
        failed.push(entry.path);
      }
    }
    this.#entries.length = 0;
    return failed;
  }
}
