import { loadPolicy, type LoadedPolicy, type PathStyle } from "@openclaw/approvals";
import { systemWhichResultSchema, LIMITS } from "@openclaw/protocol";
import { CliError } from "../errors.ts";
import { runParams } from "../host/asked-command.ts";
import { printable } from "../output/printable.ts";
import { shortId } from "../output/screen.ts";
import type { CheckReport } from "./check-report.ts";
import { dryRun, type CheckGate, type DryRun } from "../host/dry-run.ts";
import { nodeLabel } from "./find-node.ts";
import { OPERATOR_LIMITS } from "./limits.ts";
import { nodeFiles } from "./node-files.ts";
import { parseAnswer } from "./operator-gateway.ts";
import type { NodePlace, PolicyTarget, PolicyView } from "./policy-target.ts";
import { invokeNode } from "./prepare-run.ts";
import { wishedArgv, type RunWish } from "./run-wish.ts";

/** Names inside of names that are looked up: wrappers and shells, as deep as the engine reads them. */
const ROUNDS = 8;

/** The dry run of a node, by its policy and by where it finds the names; says what else it would take to be sure. */
export async function checkNode(
  target: PolicyTarget,
  { gateway, node }: NodePlace,
  wish: RunWish,
): Promise<CheckReport> {
  const windows = node.platform?.toLowerCase().startsWith("win") === true;
  const pathStyle: PathStyle = windows ? "win32" : "posix";
  checkDirectory(wish, windows);
  const view = await target.read();
  const policy = policyIn(view);
  const argv = wishedArgv(wish, node.platform);
  const known = new Map<string, string | undefined>();
  let run: DryRun;
  for (let round = 1; ; round += 1) {
    const { facts, wanted } = nodeFiles(known, pathStyle);
    run = dryRun(runParams(wish, argv), {
      host: { hostEnv: {}, platform: windows ? "win32" : "linux" },
      policy,
      options: {},
      facts: () => facts,
    });
    const names = [...wanted].filter((name) => name.length <= LIMITS.nameChars).slice(0, LIMITS.whichBins);
    if (names.length === 0 || round > ROUNDS) break;
    for (const [name, path] of await askWhich({ gateway, node }, names)) known.set(name, path);
  }
  const certain = run.outcome === "invalid" || run.reason === "security-deny";
  return {
    run: {
      ...run,
      gates: run.gates.map((gate) => asKnown(gate, wish)),
      start: undefined,
      approval: undefined,
    },
    certain,
    limits: [...LIMITS_THERE, ...ownLimits(view, wish)],
    target: `node ${nodeLabel(node)}`,
    nodeId: node.nodeId,
    policy: { path: view.path, exists: view.exists, hash: view.hash },
    argv,
    wish,
    targetWords: ["--node", shortId(node.nodeId)],
  };
}

function checkDirectory({ cwd }: RunWish, windows: boolean): void {
  if (cwd === undefined || (windows ? /^[A-Za-z]:[\\/]/u : /^\//u).test(cwd)) return;
  throw new CliError("bad-option", `--cwd has to be an absolute path on the node, not \`${cwd}\``);
}

function policyIn({ file }: PolicyView): LoadedPolicy {
  const policy = loadPolicy(JSON.stringify({ ...file, version: 1 }));
  if (policy.kind === "ok") return policy;
  throw new CliError(
    "bad-answer",
    `the policy that came back is malformed: ${printable(policy.problem.message)}`,
  );
}

async function askWhich(
  { gateway, node }: NodePlace,
  bins: readonly string[],
): Promise<readonly (readonly [string, string | undefined])[]> {
  const answer = await invokeNode(gateway, node.nodeId, "system.which", { bins }, OPERATOR_LIMITS.invokeMs);
  const found = parseAnswer(systemWhichResultSchema, answer, "system.which").bins;
  return bins.map((name) => [name, Object.hasOwn(found, name) ? found[name] : undefined]);
}

const LIMITS_THERE = [
  "files of the node cannot be looked at from here: it said where it finds names, absolute paths are taken as they stand, links are not followed, and scripts are not read",
  "a node does not send its deny entries; one of them may refuse the run",
  "nor does it send conditions of entries on content or on a whole command, or its settings in openclaw.json and node.json; none are assumed",
];

function ownLimits({ file }: PolicyView, { cwd }: RunWish): readonly string[] {
  const defaults: unknown = file["defaults"];
  const open = ["security", "ask"].filter((field) => Reflect.get(Object(defaults), field) === undefined);
  return [
    ...(cwd === undefined
      ? ["the directory in which the node runs commands is not known; --cwd names one"]
      : []),
    ...(open.length === 0
      ? []
      : [
          `the policy leaves ${open.map((field) => `\`${field}\``).join(" and ")} of \`defaults\` open; the strictest meaning is assumed, and an official node may take it for the widest`,
        ]),
  ];
}

/** Gates that passed only because nothing is known about them. */
const NOT_KNOWN: Readonly<Partial<Record<CheckGate["name"], string>>> = {
  "deny-entries": "not known: a node does not send its deny entries",
  "unseen-programs": "not known: it counts where there are deny entries",
  "inline-code": "not known: `strictInlineEval` is a setting of the node",
  "working-directory": "not looked at",
  executable: "not looked at",
};

function asKnown(gate: CheckGate, { cwd }: RunWish): CheckGate {
  const detail = NOT_KNOWN[gate.name];
  if (detail === undefined || gate.status !== "passed") return gate;
  const named = gate.name === "working-directory" && cwd !== undefined ? `${detail}: \`${cwd}\`` : detail;
  return { ...gate, status: "unknown", detail: named };
}
