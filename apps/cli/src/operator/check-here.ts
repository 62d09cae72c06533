import { resolve } from "node:path";
import { effectivePolicy } from "@openclaw/approvals";
import { findForeignState, readConfig, type StatePaths } from "@openclaw/config-store";
import type { CommandInput, CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { runParams } from "../host/asked-command.ts";
import { dryRun } from "../host/dry-run.ts";
import { decideOptions } from "../host/judge-options.ts";
import { newNodeFile, readNodeFile } from "../host/node-file.ts";
import { PolicyStore } from "../host/policy-store.ts";
import { runFacts } from "../host/run-environment.ts";
import { withRunPath } from "../host/run-path.ts";
import { claimStateDir, statePathsFor } from "../state.ts";
import { askRunningHost } from "./check-host.ts";
import type { CheckReport } from "./check-report.ts";
import { wishedArgv, type RunWish } from "./run-wish.ts";

/** The dry run of this machine: by the node host that runs here, or, without one, by this command. */
export async function checkHere(input: CommandInput, io: CommandIo, typed: RunWish): Promise<CheckReport> {
  const paths = statePathsFor(input, io);
  // Somebody else's state directory holds no policy of ours, and says so.
  if (findForeignState(paths) !== undefined) claimStateDir(paths);
  // The directory that was typed is meant from here, also by a host that was started elsewhere.
  const wish = typed.cwd === undefined ? typed : { ...typed, cwd: resolve(currentDirectory(), typed.cwd) };
  const asked = await askRunningHost(paths.controlSocket, wish);
  if (!asked.ok) return decideHere(paths, io, wish, asked.why);
  const { run, argv, policy, pid, version, hostCwd, paused } = asked.answer;
  return {
    run,
    certain: true,
    limits: [],
    host: { pid, version, cwd: hostCwd, paused },
    target: "this machine",
    policy,
    argv,
    wish,
    targetWords: [],
  };
}

function decideHere(paths: StatePaths, io: CommandIo, wish: RunWish, why: string): CheckReport {
  const node = readNodeFile(paths.nodeFile) ?? newNodeFile();
  const { tools } = readConfig(paths, io.env);
  const policy = new PolicyStore(paths.approvalsFile).current();
  const { platform } = process;
  const host = {
    hostEnv: withRunPath(io.env, node.path),
    platform,
    shell: node.shell,
    home: paths.home,
    hostCwd: currentDirectory(),
  };
  const argv = wishedArgv(wish, platform);
  const run = dryRun(runParams(wish, argv), {
    host,
    policy,
    options: decideOptions({ node, exec: tools.exec }),
    facts: (env) => runFacts(host, env),
  });
  const skills = effectivePolicy(policy, wish.agentId).autoAllowSkills.value && run.outcome !== "allow";
  return {
    run,
    certain: true,
    limits: [
      `${why}, so this command decided: names are looked up in the PATH of this terminal; a node host that is started elsewhere may have another one, and it reads node.json and openclaw.json at its start`,
      ...(wish.cwd === undefined
        ? ["without --cwd a run starts in the node host's own directory; here the current one stands for it"]
        : []),
      ...(skills ? ["programs of skills are known to a running node host only; none is assumed here"] : []),
    ],
    target: "this machine",
    policy: { path: paths.approvalsFile, exists: policy.exists, hash: policy.hash },
    argv,
    wish,
    targetWords: [],
  };
}
