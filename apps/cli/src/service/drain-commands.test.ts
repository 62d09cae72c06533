import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { drain } from "../commands/node-drain.ts";
import { install } from "../commands/node-install.ts";
import { CliError } from "../errors.ts";
import { serveControlSocket, type OpenControlStream } from "../host/control-socket.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { machine, screenful, stateDirOf, type Machine } from "./systemd-stand-in.test.support.ts";

const RUN = { runId: "r-1", invokeId: "i-1", command: "sleep \u001b[2J", startedAt: 1 };

/** A host that answers on the machine's control socket; `told` is what it was asked. */
async function answering(on: Machine, pid: number, stream: OpenControlStream): Promise<string[]> {
  const told: string[] = [];
  const server = await serveControlSocket(
    join(stateDirOf(on), "node.sock"),
    (method) => {
      told.push(method);
      if (method === "stop") void server.close();
      return { ok: true, pid, paused: { since: 1, until: null, keep: false } };
    },
    { drain: stream },
  );
  onTestFinished(async () => await server.close());
  return told;
}

const idle: OpenControlStream = (stream) => {
  stream.send({ event: "runs", runs: [] });
  return { onMessage: () => undefined, onClose: () => undefined };
};

async function drained(on: Machine, options: Readonly<Record<string, unknown>>): Promise<string> {
  const screen = screenful();
  const io = { ...screen.io, env: on.system.env };
  expect(await drain(inputOf(options), io, on.system)).toBe(0);
  return screen.stdout();
}

describe("node drain", () => {
  it("stops a host that the service manager started through it: it would start it again", async () => {
    const on = machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token-0123456789" });
    await install(inputOf({ port: "19598" }), screenful().io, on.system, on.program);
    on.orders.length = 0;
    const told = await answering(on, 4242, idle);
    expect(await drained(on, { stop: true })).toMatch(/Nothing runs any more\.\nStopped the service\.\n$/u);
    expect(on.orders.join("\n")).toMatch(/^stop openclaw-node\.service/u);
    expect(told).not.toContain("stop");
  });

  it("stops any other host itself", async () => {
    const on = machine();
    const told = await answering(on, 1, idle);
    expect(JSON.parse(await drained(on, { stop: true, json: true }))).toMatchObject({
      ok: true,
      stopped: "host",
    });
    expect([told.at(-1), on.orders]).toEqual(["stop", []]);
  });

  it("takes the end of the host for the end of its runs", async () => {
    const on = machine();
    await answering(on, 1, (stream) => {
      stream.send({ event: "runs", runs: [RUN] });
      stream.close();
      return { onMessage: () => undefined, onClose: () => undefined };
    });
    expect(await drained(on, {})).toContain("Waiting for 1 run: sleep \\u001b[2J.\nNothing runs any more.\n");
  });

  it("says that a host is too old", async () => {
    const on = machine();
    await answering(on, 1, () => ({ refused: "no" }));
    await expect(drained(on, {})).rejects.toThrow(CliError);
  });
});
