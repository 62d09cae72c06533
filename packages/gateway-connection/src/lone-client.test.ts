import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { CERTIFICATE, freePort, startGateway, type Script } from "./scripted-gateway.test.support.ts";

const PROGRAM = fileURLToPath(new URL("lone-client.test.support.ts", import.meta.url));
const run = promisify(execFile);

const answering: Script = async (client) => {
  await client.accept();
  client.answer((await client.next()).id);
};
const ways: readonly (readonly [string, Script | undefined])[] = [
  ["closed-by-us", answering],
  [
    "closed-by-gateway",
    async (client) => {
      await client.accept();
      await client.next();
      client.socket.close(1012);
    },
  ],
  ["refused", async (client) => await client.refuse({ code: "X", message: "no" })],
  ["aborted", async (client) => await client.challenge()],
  ["link-ready", async (client) => await client.accept()],
  ["not-listening", undefined],
  ["link-waiting", undefined],
];

describe("a process that connects", () => {
  it.each(ways)("has no timer and no socket left afterwards: %s", async (how, script) => {
    const port = script === undefined ? await freePort() : (await startGateway(script)).port;
    expect((await run(process.execPath, [PROGRAM, how, String(port)])).stdout).toBe("[]");
  });

  it("has none left after a foreign certificate", async () => {
    const { port } = await startGateway(async () => undefined, { tls: CERTIFICATE });
    expect((await run(process.execPath, [PROGRAM, "foreign-pin", String(port)])).stdout).toBe("[]");
  });
});
