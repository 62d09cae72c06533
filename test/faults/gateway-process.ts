// `openclaw gateway dev` as a process of its own, that can be killed and started again with the same port and state.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { cleanEnv, ENTRY, RUNTIME } from "../scenarios/node-process.ts";

export interface GatewayProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when it listens again. */
  start(): Promise<void>;
}

/** Listens when this resolves; gone after the test. */
export async function gatewayProcess(dir: string, token: string): Promise<GatewayProcess> {
  let child: ChildProcess | undefined;
  let port = 0;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  const start = async (): Promise<void> => {
    const words = ["--json", "--port", String(port), "--state-file", join(dir, "gateway.json")];
    const env = cleanEnv(dir, { OPENCLAW_GATEWAY_TOKEN: token });
    child = spawn(RUNTIME, [ENTRY, "gateway", "dev", ...words], { env, stdio: ["ignore", "pipe", "ignore"] });
    if (child.stdout === null) throw new Error("a pipe was asked for");
    const [line] = (await once(createInterface(child.stdout), "line", {
      signal: AbortSignal.timeout(30_000),
    })) as [string];
    port = JSON.parse(line).port;
  };
  await start();
  return {
    get url() {
      return `ws://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    kill,
    start,
  };
}
