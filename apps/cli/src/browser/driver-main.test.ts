import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

const entry = fileURLToPath(new URL("driver-main.ts", import.meta.url));
const failing = "process.on('message', () => void Promise.reject(new Error('of a page')))";

it("a failure that nobody hears is told once, without its text, and does not end the driver", async () => {
  const execArgv = ["--import", `data:text/javascript,${encodeURIComponent(failing)}`];
  const driver = fork(entry, [], { execArgv, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const said: unknown[] = [];
  driver.on("message", (message) => said.push(message));
  const ended = once(driver, "exit");
  // It takes no such messages, and each makes a failure.
  for (let count = 0; count < 3; count += 1) driver.send({ type: "nothing" });
  await Promise.race([once(driver, "message"), ended]);
  driver.send({ type: "close" });
  expect(await ended).toEqual([0, null]);
  expect(said).toEqual([{ type: "log", level: "warn", sentence: expect.stringContaining("go on") }]);
});
