import type { RunPlan } from "@openclaw/protocol";
import { failure, type ExecutionFailure } from "./errors.ts";

/** What is really started: the program itself, or what leads to it without becoming another process. */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly argv0: string;
}

export interface LaunchWish {
  /** Program and arguments that stand before the command. */
  readonly prefix: readonly string[];
  /** The same for the sandbox, which comes last: nothing but the command is in it. */
  readonly sandbox?: readonly string[] | undefined;
  /** The control group that must be entered before the program starts; its directory. */
  readonly enter: string | undefined;
  readonly bash: string | undefined;
}

/** Variables that a shell sets for its children, whether they had them or not. */
const SHELLS_OWN = ["PWD", "OLDPWD", "SHLVL"] as const;

/**
 * How a plan is started when something has to happen between the start and the program: limits, a control group. Only a
 * shell can do the latter, and only `exec` of bash keeps the name that the program sees as its own.
 */
export function launchOf(plan: RunPlan, wish: LaunchWish): Launch | ExecutionFailure {
  const { prefix, enter, bash, sandbox } = wish;
  if (sandbox !== undefined) {
    const inner = launchOf(plan, { prefix: sandbox, enter: undefined, bash });
    if ("code" in inner || (enter === undefined && prefix.length === 0)) return inner;
    const { file, args } = inner;
    return launchOf({ ...plan, executable: file, argv: [file, ...args] }, { prefix, enter, bash });
  }
  const argv0 = plan.argv[0] ?? plan.executable;
  const args = plan.argv.slice(1);
  const [tool, ...before] = prefix;
  if (enter === undefined && (tool === undefined || argv0 === plan.executable)) {
    return tool === undefined
      ? { file: plan.executable, args, argv0 }
      : { file: tool, args: [...before, plan.executable, ...args], argv0: tool };
  }
  if (bash === undefined)
    return failure(
      "limit-unavailable",
      "the run was not started: its limits can only be set with the help of bash, which is missing here",
    );
  // `exec` of bash takes one off SHLVL, and sets it to 0 where there is none: that alone cannot be prevented.
  const own = SHELLS_OWN.map((name) => (name === "SHLVL" ? oneMore(plan.env[name]) : plan.env[name]));
  const script = [
    // A run that is not in its group must not start.
    enter === undefined ? "" : 'echo 0 >"$1/cgroup.procs" || exit 125',
    ...SHELLS_OWN.map((name, at) =>
      own[at] === undefined ? `unset ${name}` : `export ${name}="$${at + 2}"`,
    ),
    "shift 4",
    'exec -a "$0" "$@"',
  ].join("\n");
  // -p: nothing in the environment is read as code or as an option of the shell.
  const shell = [
    bash,
    "-p",
    "-c",
    script,
    argv0,
    enter ?? "",
    ...own.map((value = "") => value),
    plan.executable,
    ...args,
  ];
  const [file = bash, ...rest] = [...prefix, ...shell];
  return { file, args: rest, argv0: file };
}

function oneMore(level: string | undefined): string | undefined {
  return level !== undefined && /^[0-9]{1,3}$/u.test(level) ? String(Number(level) + 1) : level;
}
