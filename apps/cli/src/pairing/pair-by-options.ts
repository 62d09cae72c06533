import { acquireHostLock, readConfig, type StatePaths } from "@openclaw/config-store";
import { offersBrowser } from "../browser/offers-browser.ts";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { credentialSource } from "../host/credential-source.ts";
import { loadDeviceIdentity } from "../host/device-identity-file.ts";
import { LOG_LEVELS, openHostLog } from "../host/host-log.ts";
import { nodeProfile } from "../host/node-profile.ts";
import { redactor } from "../host/redact.ts";
import { claimStateDir, statePathsFor } from "../state.ts";
import { pairNode } from "./pair-node.ts";
import { withoutCode } from "./pair-options.ts";
import { readGivenCode } from "./read-code.ts";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Pairs by `--pair` or `--pair-file` and gives back the command line for what follows; undefined when a signal came
 * first. The caller holds the host lock.
 */
export async function pairByOptions(
  paths: StatePaths,
  input: CommandInput,
  io: CommandIo,
): Promise<CommandInput | undefined> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of STOP_SIGNALS) process.once(signal, onSignal);
  try {
    await pairOnce(paths, input, io, stop.signal);
    return withoutCode(input);
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
}

async function pairOnce(
  paths: StatePaths,
  input: CommandInput,
  io: CommandIo,
  signal: AbortSignal,
): Promise<void> {
  const given = await readGivenCode(input, io);
  if (given === undefined) return;
  const secrets = new Set<string>();
  const wanted = stringOption(input, "log-level") ?? io.env["OPENCLAW_LOG_LEVEL"];
  const log = openHostLog({
    level: LOG_LEVELS.find((level) => level === wanted) ?? "info",
    format: io.env["OPENCLAW_LOG_FORMAT"] === "json" ? "json" : "text",
    redact: redactor(secrets),
    writeLine: (line) => io.stderr.write(`${line}\n`),
  });
  const browser = offersBrowser(readConfig(paths, io.env));
  const identity = await loadDeviceIdentity(paths.deviceFile);
  const credentials = credentialSource(paths, io.env, "node", identity.deviceId, secrets, (problem) =>
    log.warn(problem),
  );
  try {
    await pairNode(given, input, {
      paths,
      env: io.env,
      identity,
      credentials,
      secrets,
      log,
      profileOf: (node) => nodeProfile(node, io.env, browser),
      signal,
    });
  } catch (error) {
    // A Gateway's words may repeat what we told it.
    if (error instanceof Error) error.message = redactor(secrets)(error.message);
    throw error;
  }
}

/** For `node install`: the service starts paired. Throws CliError where that account is not this one. */
export async function pairForService(input: CommandInput, io: CommandIo): Promise<CommandInput> {
  for (const name of ["dry-run", "print"]) {
    if (flag(input, name))
      throw new CliError(
        "bad-option",
        `--${name} does nothing, but a pairing code works only once; leave one of them out`,
      );
  }
  if (flag(input, "system")) {
    throw new CliError("bad-option", "a system service is paired as the account that it runs as", [
      "as that account: openclaw node run --pair-file FILE, stop it once it is paired, then install without a code",
    ]);
  }
  const paths = statePathsFor(input, io);
  claimStateDir(paths);
  const lock = await acquireHostLock(paths.lockFile, { describe: "node install" });
  try {
    const paired = await pairByOptions(paths, input, io);
    if (paired === undefined) throw new CliError("usage", "stopped before this machine was paired");
    return paired;
  } finally {
    await lock.release();
  }
}
