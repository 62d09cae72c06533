import { join } from "node:path";
import type { GatewayProbe } from "@openclaw/gateway-connection";
import { onTestFinished } from "vitest";
import { doctor, type DoctorWorld } from "../commands/node-doctor.ts";
import { install } from "../commands/node-install.ts";
import { serveControlSocket } from "../host/control-socket.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { machine, screenful, stateDirOf, type Machine } from "./systemd-stand-in.test.support.ts";

export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- documents under test

const WELL: GatewayProbe = {
  dns: { kind: "not-needed" },
  tcp: { kind: "ok", value: { address: "127.0.0.1", ms: 1 } },
  proxy: { kind: "not-needed" },
  tls: { kind: "not-needed" },
  upgrade: { kind: "ok", value: { status: 101 } },
  challenge: { kind: "ok", value: 2 },
  clock: { kind: "ok", value: { behindMs: 3, by: "challenge" } },
};

/** Runs doctor, with a Gateway at which all is well. */
export async function perform(
  on: Machine,
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly asked: readonly string[] }> {
  const screen = screenful();
  const asked: string[] = [];
  const world: DoctorWorld = {
    program: () => on.program,
    probe: async ({ url }) => {
      asked.push(url);
      return WELL;
    },
  };
  const code = await doctor(inputOf(options), screen.io, on.system, world);
  return { code, stdout: screen.stdout(), asked };
}

export async function json(on: Machine, options: Readonly<Record<string, unknown>> = {}): Promise<Json> {
  return JSON.parse((await perform(on, { ...options, json: true })).stdout);
}

export async function installed(options: Readonly<Record<string, unknown>> = {}): Promise<Machine> {
  const on = machine({ OPENCLAW_GATEWAY_TOKEN: "s3cret-token-0123456789" });
  await install(inputOf({ port: "19598", ...options }), screenful().io, on.system, on.program);
  return on;
}

const HOST = {
  ok: true,
  pid: 4242,
  version: "0.1.0",
  gateway: "ws://127.0.0.1:19598",
  deviceId: "d".repeat(64),
  startedAt: Date.now(),
  link: { phase: "ready", state: "ready", since: Date.now(), gatewayVersion: "2026.9.6", protocol: 4 },
  surface: { stage: "approved" },
  activeInvokes: 0,
  policy: "ok",
  approvals: { path: "/p/exec-approvals.json", security: "allowlist", ask: "on-miss", askFallback: "deny" },
};

/** A host that answers on the machine's control socket, with these parts instead. */
export async function answering(on: Machine, parts: object = {}): Promise<void> {
  const server = await serveControlSocket(join(stateDirOf(on), "node.sock"), () => ({ ...HOST, ...parts }));
  onTestFinished(async () => await server.close());
}

/** The unit of the machine. */
export const unitOf = (on: Machine): string => `${on.home}/.config/systemd/user/openclaw-node.service`;

/** What the service starts is gone. */
export function moveProgram(on: Machine): void {
  const { text, mode } = on.files.get(unitOf(on)) ?? { text: "", mode: 0 };
  on.files.set(unitOf(on), { text: text.replace("/opt/openclaw/", "/opt/gone/"), mode });
}
