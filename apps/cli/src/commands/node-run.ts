import { PreparedPlans } from "@openclaw/approvals";
import { acquireHostLock, readConfig, type StatePaths } from "@openclaw/config-store";
import type { ClientProfile } from "@openclaw/gateway-connection";
import { clientPlatform, NODE_COMMANDS } from "@openclaw/protocol";
import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { EXIT } from "../exit-codes.ts";
import { openAuditFile } from "../host/audit.ts";
import { serveControlSocket, type ControlServer } from "../host/control-socket.ts";
import { credentialSource } from "../host/credential-source.ts";
import { within } from "../host/deadline.ts";
import { loadDeviceIdentity } from "../host/device-identity-file.ts";
import { policyTeller, settleFirstPolicy } from "../host/first-policy.ts";
import { LOG_LEVELS, openHostLog, type HostLog, type HostLogOptions } from "../host/host-log.ts";
import { describeStatus, type StatusFacts } from "../host/host-status.ts";
import { updateNodeFile, type NodeFile } from "../host/node-file.ts";
import { NodeHost } from "../host/node-host.ts";
import { planNodeFile, settleNodeFile } from "../host/node-settings.ts";
import { PolicyStore } from "../host/policy-store.ts";
import { environmentForRuns, redactor } from "../host/redact.ts";
import { stopOnSignals } from "../host/stop-signals.ts";
import { stoppedError } from "../host/stopped-error.ts";
import { runEnvironment } from "../host/run-environment.ts";
import { tuneRuntime } from "../host/runtime-tuning.ts";
import { UsageRecorder } from "../host/usage-recorder.ts";
import { claimStateDir, statePathsFor } from "../state.ts";
import { VERSION } from "../version.ts";

/** `openclaw node run`: stays until it is stopped or until only a person can help. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  tuneRuntime();
  const paths = statePathsFor(input, io);
  claimStateDir(paths);
  readConfig(paths, io.env);
  const lock = await acquireHostLock(paths.lockFile, { describe: "node host" });
  try {
    return await runLocked(paths, input, io);
  } finally {
    await lock.release();
  }
}

async function runLocked(paths: StatePaths, input: CommandInput, io: CommandIo): Promise<number> {
  const { tokensAreForeign } = planNodeFile(paths.nodeFile, input, io.env);
  const identity = await loadDeviceIdentity(paths.deviceFile);
  const secrets = new Set<string>();
  const redact = redactor(secrets);
  const log = openHostLog({
    ...logChoice(input, io),
    redact,
    writeLine: (line) => io.stderr.write(`${line}\n`),
  });
  const credentials = credentialSource(paths, io.env, "node", identity.deviceId, secrets, (problem) =>
    log.warn(problem),
  );
  // A token belongs to the Gateway that gave it; another one must not see it.
  if (tokensAreForeign) await credentials.forgetDeviceToken();
  const { node, endpoint } = await settleNodeFile(paths.nodeFile, input, io.env);

  const policy = new PolicyStore(paths.approvalsFile, policyTeller(paths.approvalsFile, log));
  await settleFirstPolicy(paths, policy, node, log);
  const audit = openAuditFile(paths.auditFile, { redact });
  const usage = new UsageRecorder(policy, log);
  const hostEnvironment = environmentForRuns(io.env, secrets);
  const keepFirstConnection = firstConnectionKeeper(paths, node, log);
  const host = new NodeHost({
    endpoint,
    profile: profileOf(node, io),
    identity,
    credentials,
    context: {
      policy,
      prepared: new PreparedPlans(),
      usage,
      audit,
      log,
      node,
      home: paths.home,
      hostCwd: currentDirectory(),
      get hostEnv() {
        return hostEnvironment();
      },
      platform: process.platform,
    },
    everReady: node.firstConnectedAtMs !== undefined,
    onHello: (hello) => {
      if (hello.auth?.deviceToken !== undefined) secrets.add(hello.auth.deviceToken);
      keepFirstConnection();
    },
  });
  const stopping = stopOnSignals(host, log);
  const control = await openControl(
    host,
    { url: endpoint.url, deviceId: identity.deviceId, node, policy, redact },
    paths,
    log,
  );
  log.info(`node host ${VERSION} for ${endpoint.url}, node id ${identity.deviceId}`);
  if (endpoint.warning !== undefined) log.warn(endpoint.warning);
  try {
    const end = await host.run();
    if (end.kind === "stopped") throw stoppedError({ ...end, why: redact(end.why) }, endpoint);
    return EXIT.ok;
  } finally {
    await control?.close();
    // Another writer may hold the policy; bookkeeping is not worth a late stop.
    await within(USAGE_WAIT_MS, usage.close());
    audit.close();
    stopping.over();
  }
}

/** How long a stop waits for the last notes in the policy file; milliseconds. */
const USAGE_WAIT_MS = 200;

function logChoice(input: CommandInput, io: CommandIo): Pick<HostLogOptions, "level" | "format"> {
  const wanted = stringOption(input, "log-level") ?? io.env["OPENCLAW_LOG_LEVEL"];
  return {
    level: LOG_LEVELS.find((level) => level === wanted) ?? "info",
    format: io.env["OPENCLAW_LOG_FORMAT"] === "json" ? "json" : "text",
  };
}

/** A host without its control socket works; only local commands cannot ask it. */
async function openControl(
  host: NodeHost,
  facts: StatusFacts,
  paths: StatePaths,
  log: HostLog,
): Promise<ControlServer | undefined> {
  try {
    return await serveControlSocket(paths.controlSocket, (method) =>
      method === "status" ? describeStatus(host, facts) : { ok: false, error: "unknown method" },
    );
  } catch (error) {
    log.warn(
      `${error instanceof Error ? error.message : String(error)}; local commands cannot ask this host`,
    );
    return undefined;
  }
}

function profileOf(node: NodeFile, io: CommandIo): ClientProfile {
  const environment = runEnvironment({ hostEnv: io.env, platform: process.platform });
  return {
    id: "node-host",
    mode: "node",
    role: "node",
    version: VERSION,
    ...clientPlatform(process.platform),
    displayName: node.displayName,
    instanceId: node.nodeId,
    scopes: [],
    caps: ["system"],
    commands: NODE_COMMANDS,
    pathEnv: environment.ok ? environment.env["PATH"] : undefined,
  };
}

/** From the first hello on a refused credential is waited out instead of ending the host. */
function firstConnectionKeeper(paths: StatePaths, node: NodeFile, log: HostLog): () => void {
  let kept = node.firstConnectedAtMs !== undefined;
  return () => {
    if (kept) return;
    kept = true;
    updateNodeFile(paths.nodeFile, (before) => ({
      ...before,
      firstConnectedAtMs: before.firstConnectedAtMs ?? Date.now(),
    })).catch((error: unknown) => {
      kept = false;
      log.warn(error instanceof Error ? error.message : String(error));
    });
  };
}
