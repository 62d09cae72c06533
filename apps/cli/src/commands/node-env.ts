import * as z from "zod/mini";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";
import { EXIT } from "../exit-codes.ts";
import { ENV_METHOD } from "../host/control-methods.ts";
import { askControlSocket } from "../host/control-socket.ts";
import { newNodeFile, readNodeFile } from "../host/node-file.ts";
import { describeRunEnvironment, type RunEnvironmentView } from "../host/run-environment-view.ts";
import { withRunPath } from "../host/run-path.ts";
import { jsonPretty } from "../output/printable.ts";
import { screenFor } from "../output/screen.ts";
import { statePathsFor } from "../state.ts";

const viewSchema: z.ZodMiniType<RunEnvironmentView> = z.object({
  ok: z.literal(true),
  pid: z.int(),
  cwd: z.string(),
  path: z.array(z.object({ directory: z.string(), exists: z.boolean() })),
  shell: z.object({ program: z.nullable(z.string()), login: z.nullable(z.boolean()) }),
  variables: z.record(z.string(), z.nullable(z.string())),
  withheld: z.array(z.string()),
});

/** `openclaw node env`: the environment that a run would get. Values that may be secret are never shown. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const paths = statePathsFor(input, io);
  const answer = viewSchema.safeParse(await askControlSocket(paths.controlSocket, ENV_METHOD));
  const view = answer.success ? answer.data : viewHere(paths.nodeFile, io);
  if (flag(input, "json")) {
    const { ok: _ok, pid, ...rest } = view;
    const source = answer.success ? "host" : "terminal";
    io.stdout.write(jsonPretty({ source, pid: answer.success ? pid : null, ...rest }));
    return EXIT.ok;
  }
  show(view, answer.success, input, io);
  return EXIT.ok;
}

/** Without a host that answers: what one would give that was started here and now. */
function viewHere(nodeFile: string, io: CommandIo): RunEnvironmentView {
  const node = readNodeFile(nodeFile) ?? newNodeFile();
  const { platform } = process;
  const hostEnv = withRunPath(io.env, node.path, platform);
  return describeRunEnvironment({
    hostEnv,
    platform,
    hostCwd: currentDirectory(),
    node,
    masking: { hostEnv: io.env },
  });
}

function show(view: RunEnvironmentView, isHost: boolean, input: CommandInput, io: CommandIo): void {
  const screen = screenFor(input, io);
  screen.line(
    isHost
      ? `What runs of the node host get (process ${view.pid}):`
      : "No node host answers here. What runs would get if it were started in this terminal:",
  );
  screen.line();
  screen.heading("Search path");
  for (const { directory, exists } of view.path) screen.line(`  ${directory}${exists ? "" : " (not there)"}`);
  screen.line();
  const { program, login } = view.shell;
  const kind = login === null ? "" : login ? ", as a login shell" : ", never as a login shell";
  screen.fields([
    ["Shell", `${program ?? "the one that is asked for"}${kind}`],
    ["Directory", `${view.cwd} (where none is asked for)`],
  ]);
  screen.line();
  screen.heading("Variables");
  const variables = Object.entries(view.variables).filter(([name]) => name.toUpperCase() !== "PATH");
  for (const [name, value] of variables) if (value !== null) screen.line(`  ${name}=${value}`);
  const hidden = variables.filter(([, value]) => value === null).map(([name]) => name);
  if (hidden.length > 0) screen.words("Set, and not shown here:", hidden);
  if (view.withheld.length > 0) screen.words("Not passed on to runs:", view.withheld);
}
