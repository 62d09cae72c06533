// What the operator commands are tested with: our own Gateway over real sockets, a node that answers by a script, and
// the command line run in this process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { startDevGateway, type DevGateway, type DevGatewayOptions } from "@openclaw/dev-gateway";
import {
  createDeviceIdentity,
  endpointFromUrl,
  openSession,
  type DeviceIdentity,
  type Session,
} from "@openclaw/gateway-connection";
import { invokeRequestSchema, NODE_COMMANDS, parseWith, type EventFrame } from "@openclaw/protocol";
import { COMMANDS } from "../commands.ts";
import { fullParse } from "../full-parse.ts";
import { reportError } from "../report-error.ts";

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  /** Somebody types at a terminal: `stdin` holds the answers. */
  readonly conversation?: boolean;
  /** Called with everything that is written to standard error, as it comes. */
  readonly onStderr?: (text: string) => void;
}

/** Answers an invoke: a payload, or an error. */
export type NodeScript = (
  command: string,
  params: unknown,
) => { readonly payload: unknown } | { readonly error: { readonly code: string; readonly message: string } };

export interface OperatorWorld {
  readonly gateway: DevGateway;
  readonly stateDir: string;
  /** Runs `openclaw <words>` with the Gateway's address and token in the environment. */
  cli(words: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The same with `--json`; gives the document on standard output. */
  json(words: readonly string[], options?: CliOptions): Promise<unknown>;
  /** Connects a node; the same identity is the same node. */
  node(name: string, script?: NodeScript, identity?: DeviceIdentity): Promise<Session>;
  stop(): Promise<void>;
}

export async function startWorld(options: DevGatewayOptions = {}): Promise<OperatorWorld> {
  const gateway = await startDevGateway(options);
  const stateDir = mkdtempSync(join(tmpdir(), "operator-world-"));
  const sessions: Session[] = [];
  const cli = (words: readonly string[], more: CliOptions = {}): Promise<CliResult> =>
    runCli(words, {
      ...more,
      env: {
        HOME: stateDir,
        OPENCLAW_STATE_DIR: join(stateDir, "state"),
        OPENCLAW_GATEWAY_URL: gateway.url,
        OPENCLAW_GATEWAY_TOKEN: gateway.token,
        ...more.env,
      },
    });
  return {
    gateway,
    stateDir,
    cli,
    json: async (words, more) =>
      parseJson(await cli([...words.slice(0, 2), "--json", ...words.slice(2)], more)),
    node: async (name, script = () => ({ payload: {} }), identity = newIdentity()) => {
      const session = await connectNode(gateway, name, script, identity);
      sessions.push(session);
      return session;
    },
    stop: async () => {
      await Promise.all(sessions.map((session) => session.close()));
      await gateway.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function parseJson({ stdout }: CliResult): unknown {
  return JSON.parse(stdout);
}

export function newIdentity(): DeviceIdentity {
  return createDeviceIdentity(Date.now()).identity;
}

/** Runs a command line in this process. */
export async function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const isTTY = options.isTTY ?? options.conversation ?? false;
  const stdin = Object.assign(Readable.from([Buffer.from(options.stdin ?? "")]), {
    isTTY: options.conversation ?? false,
  });
  const io = {
    env: options.env ?? {},
    stdout: { isTTY, columns: 80, write: (text: string) => void (stdout += text) },
    stderr: {
      isTTY,
      columns: 80,
      write: (text: string) => {
        stderr += text;
        options.onStderr?.(text);
      },
    },
    stdin: stdin as unknown as NodeJS.ReadStream,
  };
  try {
    const parsed = await fullParse(COMMANDS, words, 80);
    if (parsed.kind === "text") return { code: 0, stdout: parsed.text, stderr };
    const { run } = await parsed.spec.load();
    return { code: await run(parsed.input, io), stdout, stderr };
  } catch (error) {
    return { code: reportError(error, io, words.includes("--json")), stdout, stderr };
  }
}

async function connectNode(
  gateway: DevGateway,
  name: string,
  script: NodeScript,
  identity: DeviceIdentity,
): Promise<Session> {
  let session: Session | undefined;
  const onEvent = ({ event, payload }: EventFrame): void => {
    const invoke =
      event === "node.invoke.request" ? parseWith(invokeRequestSchema, payload, event) : undefined;
    if (invoke?.ok !== true || session === undefined) return;
    const { id, nodeId, command, paramsJSON } = invoke.value;
    const answer = script(command, typeof paramsJSON === "string" ? JSON.parse(paramsJSON) : undefined);
    const body =
      "error" in answer
        ? { ok: false, error: answer.error }
        : { ok: true, payloadJSON: JSON.stringify(answer.payload) };
    session.request("node.invoke.result", { id, nodeId, ...body }).catch(() => undefined);
  };
  session = await openSession({
    endpoint: endpointFromUrl(gateway.url),
    identity,
    credential: { token: gateway.token },
    onEvent,
    profile: {
      id: "node-host",
      mode: "node",
      role: "node",
      version: "0.0.0-test",
      platform: "linux",
      deviceFamily: "Linux",
      displayName: name,
      scopes: [],
      caps: ["system"],
      commands: NODE_COMMANDS,
    },
  });
  return session;
}
