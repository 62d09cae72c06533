import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { gone, isAlive } from "./browser-driver.test.support.ts";

const HOST = fileURLToPath(new URL("stand-in-host.test.support.ts", import.meta.url));

test.each(["SIGKILL", "SIGTERM"] as const)("nothing survives a host that gets %s", async (signal) => {
  const host = spawn(process.execPath, [HOST], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(host.stdout, "data")) as [Buffer];
  const { pid, browser } = JSON.parse(String(line)) as { pid: number; browser: number };
  expect([pid, browser].filter(isAlive)).toHaveLength(2);
  host.kill(signal);
  await gone(host.pid, pid, browser);
});

test("an interrupt of the terminal, which reaches both, is the host's business", async () => {
  const host = spawn(process.execPath, [HOST], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(host.stdout, "data")) as [Buffer];
  const { pid, browser } = JSON.parse(String(line)) as { pid: number; browser: number };
  process.kill(pid, "SIGINT");
  host.stdout.once("data", () => undefined);
  host.kill("SIGUSR2");
  // It asks its driver again, and tells.
  const [again] = (await once(host.stdout, "data")) as [Buffer];
  expect(JSON.parse(String(again))).toMatchObject({ pid, browser });
  host.kill("SIGKILL");
  await gone(pid, browser);
});
