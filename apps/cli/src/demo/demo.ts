import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDevGateway } from "@openclaw/dev-gateway";
import type { CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { demoPrinter, type DemoPrinter } from "./demo-printer.ts";
import { startSelf, type StageProcess } from "./stage.ts";

const NODE_NAME = "demo-node";

interface Stage {
  readonly print: DemoPrinter;
  /** What must not outlive the demonstration. */
  readonly running: Set<StageProcess>;
  readonly port: number;
  /** One environment for the node's owner, one for the Gateway's operator: two machines in real life. */
  readonly ownerEnv: Readonly<Record<string, string>>;
  readonly operatorEnv: Readonly<Record<string, string>>;
}

/** Plays the story with real processes; throws `demo-failed` when a step did not happen. */
export async function runDemo(io: CommandIo, color: boolean): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "openclaw-demo-")));
  const print = demoPrinter(io, color);
  const gateway = await startDevGateway({});
  const running = new Set<StageProcess>();
  const interrupted = (): never => {
    for (const child of running) void child.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    return process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    const base = { PATH: io.env["PATH"] ?? "", NO_COLOR: "1", OPENCLAW_GATEWAY_TOKEN: gateway.token };
    const stage: Stage = {
      print,
      running,
      port: gateway.port,
      ownerEnv: { ...base, HOME: join(folder, "node"), OPENCLAW_STATE_DIR: join(folder, "node", "state") },
      operatorEnv: {
        ...base,
        HOME: join(folder, "operator"),
        OPENCLAW_STATE_DIR: join(folder, "operator", "state"),
        OPENCLAW_GATEWAY_URL: gateway.url,
      },
    };
    print.title("A node host joins a Gateway and runs what its owner allows");
    print.step("A Gateway is there (in real life on another machine)", {
      command: `openclaw gateway dev --port ${gateway.port}`,
    });
    print.output(`listening on ${gateway.url}`);
    const node = await joinGateway(stage);
    await useNode(stage, node);
    await stopNode(stage, node);
    print.title("That was the whole story; everything it made is gone again");
  } finally {
    process.removeListener("SIGINT", interrupted);
    for (const child of running) await child.end("SIGKILL");
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function joinGateway(stage: Stage): Promise<StageProcess> {
  const { print } = stage;
  const words = ["node", "run", "--port", String(stage.port), "--display-name", NODE_NAME];
  print.step("The node host connects", { command: shown(words) });
  const node = startSelf(words, stage.ownerEnv, (line) => print.node(line));
  stage.running.add(node);
  await node.line(/connected to the Gateway/u);
  await node.line(/commands to be approved/u);

  const pending = await operate(stage, "Its commands wait for an operator", ["nodes", "pending"]);
  const requestId = /[0-9a-f]{8}-[0-9a-f-]{27}/u.exec(pending)?.[0];
  if (requestId === undefined) throw new CliError("demo-failed", "the demo stopped: nothing was pending");
  await operate(stage, "The operator approves; the node goes on by itself", ["nodes", "approve", requestId]);
  await node.line(/ready for work/u);
  return node;
}

async function useNode(stage: Stage, node: StageProcess): Promise<void> {
  const on = ["--node", NODE_NAME];
  await operate(
    stage,
    "Which programs are there?",
    [
      "nodes",
      "invoke",
      ...on,
      "--command",
      "system.which",
      "--params",
      '{"bins":["uname","date","nothing"]}',
    ],
    /uname/u,
  );
  const uname = realpathSync("/usr/bin/uname");
  await own(stage, "The owner allows one program", ["approvals", "allowlist", "add", uname], /uname/u);
  await operate(stage, "It runs", ["nodes", "run", ...on, "--", "uname", "-s"], /^\w+/u);
  await refused(stage, node, on);
  await asked(stage, on);
  await operate(
    stage,
    "The operator edits the policy from the Gateway",
    ["approvals", "allowlist", "add", realpathSync("/usr/bin/date"), ...on],
    /date/u,
  );
  await operate(
    stage,
    "Now that one runs as well, also in a chain",
    ["nodes", "run", ...on, "--raw", "uname && date +%Y"],
    /\d{4}/u,
  );
}

async function refused(stage: Stage, node: StageProcess, on: readonly string[]): Promise<void> {
  const { print } = stage;
  const words = ["nodes", "invoke", ...on, "--command", "system.run", "--params", '{"command":["id","-un"]}'];
  print.step("Another one is refused, and the node says why", { command: shown(words) });
  const result = await startSelf(words, stage.operatorEnv).done;
  print.output(result.stderr.trimEnd());
  if (result.code === 0 || !result.stderr.includes("SYSTEM_RUN_DENIED")) {
    throw new CliError("demo-failed", "the demo stopped: the command should have been refused");
  }
  await node.line(/to allow it: openclaw approvals allowlist add/u);
}

async function asked(stage: Stage, on: readonly string[]): Promise<void> {
  const { print } = stage;
  const words = ["nodes", "run", ...on, "--", "id", "-un"];
  print.step("Or the operator is asked, and answers", { command: shown(words) });
  const run = startSelf(words, stage.operatorEnv, (line) => print.output(line));
  stage.running.add(run);
  const line = await run.line(/openclaw approvals resolve [\w-]+/u);
  const approvalId = /approvals resolve ([\w-]+)/u.exec(line)?.[1] ?? "";
  await operate(stage, "In another terminal", ["approvals", "resolve", approvalId, "allow-once"]);
  const { code } = await run.done;
  if (code !== 0)
    throw new CliError(
      "demo-failed",
      `the demo stopped: the approved command ended with ${code ?? "a signal"}`,
    );
}

async function stopNode(stage: Stage, node: StageProcess): Promise<void> {
  stage.print.step("The node host stops cleanly", { key: "Ctrl-C" });
  const code = await node.end("SIGINT");
  if (code !== 0)
    throw new CliError("demo-failed", `the demo stopped: the node host ended with ${code ?? "a signal"}`);
  stage.print.output("exit code 0");
}

async function operate(
  stage: Stage,
  title: string,
  words: readonly string[],
  expected?: RegExp,
): Promise<string> {
  return await step(stage, title, words, stage.operatorEnv, expected);
}

async function own(
  stage: Stage,
  title: string,
  words: readonly string[],
  expected?: RegExp,
): Promise<string> {
  return await step(stage, title, words, stage.ownerEnv, expected);
}

async function step(
  stage: Stage,
  title: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  expected: RegExp | undefined,
): Promise<string> {
  stage.print.step(title, { command: shown(words) });
  const result = await startSelf(words, env).done;
  stage.print.output((result.stdout || result.stderr).trimEnd());
  if (result.code !== 0 || (expected !== undefined && !expected.test(result.stdout))) {
    throw new CliError(
      "demo-failed",
      `the demo stopped: \`${shown(words)}\` ended with ${result.code ?? "a signal"}`,
      result.stderr.trim().split("\n"),
    );
  }
  return result.stdout;
}

/** The command line as a user would type it. */
function shown(words: readonly string[]): string {
  return ["openclaw", ...words.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word}'`))].join(
    " ",
  );
}
