// `openclaw approvals watch --json` as another program uses it.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cleanEnv, RUNTIME } from "./node-process.ts";
import type { Json } from "./world.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ??
  fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));

export interface WatchProcess {
  readonly child: ChildProcess;
  /** The first event, past or future, of this kind; not the same one twice. */
  event(kind: string): Promise<Json>;
  answer(id: string, decision: string): void;
  /** Ends standard input; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function startWatch(stateDir: string): WatchProcess {
  const child = spawn(RUNTIME, [ENTRY, "approvals", "watch", "--json"], {
    env: cleanEnv(stateDir),
    stdio: ["pipe", "pipe", "ignore"],
  });
  let rest = "";
  const events: Json[] = [];
  const looks = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) events.push(JSON.parse(line));
    for (const look of looks) look();
  });
  const exited = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    event: async (kind) =>
      await new Promise((resolve, reject) => {
        const look = (): void => {
          const at = events.findIndex(({ event }) => event === kind);
          if (at < 0) return;
          looks.delete(look);
          resolve(events.splice(at, 1)[0]);
        };
        looks.add(look);
        void exited.then((code) => reject(new Error(`the watcher ended (${code}) before ${kind}`)));
        look();
      }),
    answer: (id, decision) => void child.stdin.write(`${JSON.stringify({ id, decision })}\n`),
    stop: async () => {
      child.stdin.end();
      return await exited;
    },
  };
}
