import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

import { BrowserDriver } from "./browser-driver.ts";

/** A process that has a driver with a browser, and does nothing about its own end. */
const driver = new BrowserDriver({
  entry: fileURLToPath(new URL("stand-in-driver.test.support.ts", import.meta.url)),
  env: { PATH: process.env["PATH"] ?? "" },
  setup: { stateDir: tmpdir(), config: {} },
});

async function tell(path: string, method: string): Promise<void> {
  const reply = await driver.call(
    {
      command: "browser.proxy",
      paramsJSON: JSON.stringify({ method, path }),
      era: "2026.9",
      maxPayloadBytes: 1_000_000,
    },
    { signal: new AbortController().signal, timeoutMs: 20_000 },
  );
  const payload =
    reply.kind === "answer" && reply.answer.ok
      ? (JSON.parse(reply.answer.payloadJSON) as { result: object }).result
      : reply;
  process.stdout.write(`${JSON.stringify(payload)}\n`);
}

process.on("SIGUSR2", () => void tell("/tabs", "GET"));
await tell("/start", "POST");
