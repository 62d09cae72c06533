import { PreparedPlans, type Facts } from "@openclaw/approvals";
import { acquireHostLock, readConfig, type NodeConfig, type StatePaths } from "@openclaw/config-store";
import { detectContainment } from "@openclaw/executor";
import { HostBrowser } from "../browser/host-browser.ts";
import { offersBrowser } from "../browser/offers-browser.ts";
import { BROWSER_METHOD, serveBrowser } from "../browser/serve-browser.ts";
import { stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { EXIT } from "../exit-codes.ts";
import { ActiveRuns } from "../host/active-runs.ts";
import { openAudit } from "../host/audit-failure.ts";
import { controlMethods, DRAIN_METHOD, serveDrain, type ControlServices } from "../host/control-methods.ts";
import { serveControlSocket, type ControlServer } from "../host/control-socket.ts";
import { credentialSource, deviceTokenFirst } from "../host/credential-source.ts";
import { gatewayWay, proxyPasswords } from "../host/gateway-way.ts";
import { within } from "../host/deadline.ts";
import { narrowedText } from "../host/declared-commands.ts";
import { loadDeviceIdentity } from "../host/device-identity-file.ts";
import { firstConnectionKeeper } from "../host/first-connection.ts";
import { LeftBehind } from "../host/left-behind.ts";
import { policyTeller, settleFirstPolicy } from "../host/first-policy.ts";
import { LOG_LEVELS, openHostLog, type HostLog, type HostLogOptions } from "../host/host-log.ts";
import type { HostContext } from "../host/host-context.ts";
import { describeStatus, type StatusFacts } from "../host/host-status.ts";
import { errorLine, LogFile, nodeLogFile } from "../host/log-file.ts";
import { updateNodeFile } from "../host/node-file.ts";
import { NodeHost } from "../host/node-host.ts";
import { nodeProfile } from "../host/node-profile.ts";
import { tellUnknownSafeBins } from "../host/judge-options.ts";
import { planNodeFile, settleNodeFile } from "../host/node-settings.ts";
import { NodePause } from "../host/pause.ts";
import { pauseFileOf } from "../host/pause-file.ts";
import { PolicyStore } from "../host/policy-store.ts";
import { PromptBroker } from "../host/prompt-broker.ts";
import { environmentForRuns, redactor } from "../host/redact.ts";
import type { ServiceNotify } from "../host/service-notify.ts";
import { stopOnSignals } from "../host/stop-signals.ts";
import { stoppedError } from "../host/stopped-error.ts";
import { runEnvironment, runFacts } from "../host/run-environment.ts";
import { tellSandboxes } from "../host/sandbox-settings.ts";
import { tellLimitsOutOfReach } from "../host/run-limits.ts";
import { withRunPath } from "../host/run-path.ts";
import { RunSlots } from "../host/run-slots.ts";
import { serveWatch } from "../host/serve-watch.ts";
import { SkillPrograms } from "../host/skill-programs.ts";
import { UsageRecorder } from "../host/usage-recorder.ts";
import { WATCH_METHOD } from "../host/watch-protocol.ts";
import { claimStateDir, statePathsFor, stateProfile } from "../state.ts";
import { KeptRuns } from "../runs/kept-runs.ts";
import { VERSION } from "../version.ts";

/** `openclaw node run`: stays until it is stopped or until only a person can help. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const paths = statePathsFor(input, io);
  claimStateDir(paths);
  const config = readConfig(paths, io.env);
  const lock = await acquireHostLock(paths.lockFile, { describe: "node host" });
  try {
    if (PAIR_OPTIONS.some((name) => name in input.options)) {
      const { pairByOptions } = await import("../pairing/pair-by-options.ts");
      const paired = await pairByOptions(paths, input, io);
      if (paired === undefined) return EXIT.ok;
      return await runLocked(paths, config, paired, io);
    }
    return await runLocked(paths, config, input, io);
  } finally {
    await lock.release();
  }
}

const PAIR_OPTIONS = ["pair", "pair-file"] as const;

async function runLocked(
  paths: StatePaths,
  config: NodeConfig,
  input: CommandInput,
  io: CommandIo,
): Promise<number> {
  // Loaded only where somebody wants to watch.
  const health =
    input.options["listen"] === undefined
      ? undefined
      : (await import("../health/open-health.ts")).planHealth(input);
  const { tokensAreForeign } = planNodeFile(paths.nodeFile, input, io.env);
  const identity = await loadDeviceIdentity(paths.deviceFile);
  const secrets = new Set<string>();
  const redact = redactor(secrets, proxyPasswords(io.env));
  const logFile = new LogFile(nodeLogFile(paths), {
    // Behind the line that was lost, on the terminal.
    onProblem: (problem) => queueMicrotask(() => log.warn(problem)),
  });
  const log = openHostLog({
    ...logChoice(input, io),
    redact,
    writeLine: (line) => io.stderr.write(`${line}\n`),
    writeJson: (line) => logFile.write(line),
  });
  const credentials = credentialSource(paths, io.env, "node", identity.deviceId, secrets, (problem) =>
    log.warn(problem),
  );
  // A token belongs to the Gateway that gave it; another one must not see it.
  if (tokensAreForeign) await credentials.forgetDeviceToken();
  const { node, endpoint } = await settleNodeFile(paths.nodeFile, input, io.env);

  const policy = new PolicyStore(paths.approvalsFile, policyTeller(paths.approvalsFile, log));
  await settleFirstPolicy(paths, policy, node, log);
  const audit = openAudit(paths.auditFile, redact, node.auditFailure, log);
  const usage = new UsageRecorder(policy, log);
  const hostEnvironment = environmentForRuns(withRunPath(io.env, node.path), secrets);
  let noted: Promise<unknown> = Promise.resolve();
  const keepFirstConnection = firstConnectionKeeper(paths, node, log);
  const { exec } = config.tools;
  tellUnknownSafeBins(exec, log);
  const machine = { home: paths.home, hostCwd: currentDirectory(), platform: process.platform };
  const ownFacts = (): Facts => {
    const own = runEnvironment({ hostEnv: hostEnvironment(), platform: process.platform });
    return runFacts(machine, own.ok ? own.env : {});
  };
  const skills = new SkillPrograms({ policy, facts: ownFacts, log });
  const broker = new PromptBroker();
  const active = new ActiveRuns();
  const slots = new RunSlots(node.maxConcurrentRuns);
  const containment = detectContainment();
  const kept = new KeptRuns({ directory: paths.runsDir, onProblem: (problem) => log.warn(problem) });
  const left = new LeftBehind({ deviceId: identity.deviceId, paths, kept, containment, log });
  tellLimitsOutOfReach(node.limits, containment, log);
  if (node.sandbox !== undefined)
    void tellSandboxes(node.sandbox, { ...machine, stateDir: paths.stateDir }, log);
  let notify: ServiceNotify | undefined;
  const pause = new NodePause({ path: pauseFileOf(paths), log, audit, onChange: () => notify?.changed() });
  const offered = { ...node, browser: offersBrowser(config) };
  const browser = offered.browser ? new HostBrowser({ paths, env: io.env, log }) : undefined;
  const context: HostContext = {
    policy,
    prepared: new PreparedPlans(),
    usage,
    audit,
    log,
    node,
    exec,
    skills,
    pause,
    active,
    meter: health?.meter,
    slots,
    containment,
    kept,
    markOf: left.marks.next,
    stateDir: paths.stateDir,
    masking: { hostEnv: io.env, secrets },
    browser,
    prompts: { broker, gateway: endpoint.url },
    ...machine,
    stateProfile: stateProfile(input),
    gatewayHost: new URL(endpoint.url).host,
    get hostEnv() {
      return hostEnvironment();
    },
  };
  const host = new NodeHost({
    endpoint,
    profile: nodeProfile(node, io.env, offered.browser),
    identity,
    credentials: node.pairedByCode === true ? deviceTokenFirst(credentials) : credentials,
    context,
    way: gatewayWay({
      env: io.env,
      headers: node.gateway.headers,
      secure: endpoint.secure,
      onSecret: (secret) => secrets.add(secret),
    }),
    everReady: node.firstConnectedAtMs !== undefined,
    onHello: (hello) => {
      if (hello.auth?.deviceToken !== undefined) secrets.add(hello.auth.deviceToken);
      keepFirstConnection();
      left.connected();
      health?.meter.connected();
    },
    onApproved: (approvedCommands) => {
      noted = updateNodeFile(paths.nodeFile, (before) => ({ ...before, approvedCommands })).catch(
        (error: unknown) => log.warn(error instanceof Error ? error.message : String(error)),
      );
    },
    onChange: () => notify?.changed(),
  });
  const stop = async (): Promise<void> => {
    notify?.stopping();
    await host.stop();
  };
  const stopping = stopOnSignals({ stop }, log);
  const facts = {
    url: endpoint.url,
    deviceId: identity.deviceId,
    node,
    policy,
    pause,
    redact,
    slots,
    containment,
    browser,
  };
  const services = {
    status: () => describeStatus(host, facts),
    pause,
    active,
    check: async (params: unknown) => {
      const { answerCheck } = await import("../host/serve-check.ts");
      return await answerCheck(params, context);
    },
    env: async () => {
      const { describeRunEnvironment } = await import("../host/run-environment-view.ts");
      return describeRunEnvironment(context);
    },
    stop: () => stopping.stop("a local command asked"),
  };
  const control = await openControl(services, context, paths);
  const healthServer = await health?.open({ status: services.status, activeRuns: () => active.size }, log);
  notify = await openNotify(host, facts, io, log);
  log.info(`node host ${VERSION} for ${endpoint.url}, node id ${identity.deviceId}`);
  if (endpoint.warning !== undefined) log.warn(endpoint.warning);
  const narrowed = narrowedText(offered);
  if (narrowed !== undefined) log.info(narrowed);
  notify?.ready();
  left.begin();
  try {
    const end = await host.run();
    if (end.kind === "stopped") {
      const error = stoppedError({ ...end, why: redact(end.why) }, endpoint);
      // The terminal gets it from whoever catches it.
      logFile.write(errorLine(error.message));
      throw error;
    }
    return EXIT.ok;
  } finally {
    notify?.close();
    await control?.close();
    await healthServer?.close();
    await browser?.close();
    await within(USAGE_WAIT_MS, pause.close());
    // Another writer may hold the policy; bookkeeping is not worth a late stop.
    await within(USAGE_WAIT_MS, usage.close());
    await within(NOTE_WAIT_MS, noted);
    await within(USAGE_WAIT_MS, left.close());
    audit.close();
    logFile.close();
    stopping.over();
  }
}

/** How long a stop waits for each of the last notes in files; milliseconds. */
const USAGE_WAIT_MS = 200;
/** How long it waits for what the next start must know; milliseconds. */
const NOTE_WAIT_MS = 1000;

function logChoice(input: CommandInput, io: CommandIo): Pick<HostLogOptions, "level" | "format"> {
  const wanted = stringOption(input, "log-level") ?? io.env["OPENCLAW_LOG_LEVEL"];
  return {
    level: LOG_LEVELS.find((level) => level === wanted) ?? "info",
    format: io.env["OPENCLAW_LOG_FORMAT"] === "json" ? "json" : "text",
  };
}

/** A host without its control socket works; only local commands cannot ask it. */
async function openControl(
  services: ControlServices,
  context: HostContext,
  paths: StatePaths,
): Promise<ControlServer | undefined> {
  const { log, prompts } = context;
  try {
    return await serveControlSocket(paths.controlSocket, controlMethods(services), {
      ...(prompts === undefined ? {} : { [WATCH_METHOD]: serveWatch(prompts.broker, log) }),
      [BROWSER_METHOD]: serveBrowser(context),
      [DRAIN_METHOD]: serveDrain(services.active),
    });
  } catch (error) {
    log.warn(
      `${error instanceof Error ? error.message : String(error)}; local commands cannot ask this host`,
    );
    return undefined;
  }
}

/** Only a service manager waits for news; in the foreground nothing of it is loaded. */
async function openNotify(
  host: NodeHost,
  facts: StatusFacts,
  { env }: CommandIo,
  log: HostLog,
): Promise<ServiceNotify | undefined> {
  if (env["NOTIFY_SOCKET"] === undefined && env["LISTEN_FDNAMES"] === undefined) return undefined;
  const { openServiceNotify } = await import("../host/service-notify.ts");
  return openServiceNotify({
    env,
    status: () => describeStatus(host, facts),
    link: () => host.status.link,
    onProblem: (problem) => log.warn(problem),
  });
}
