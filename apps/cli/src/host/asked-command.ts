/** A command as a person names it: words, or a text for the shell. */
export type AskedCommand = { readonly argv: readonly string[] } | { readonly raw: string };

/** Its arguments on a platform; a text goes to the shell that Gateways use as well. Source: exec section 2.1. */
export function askedArgv(command: AskedCommand, platform: string | undefined): readonly string[] {
  if ("argv" in command) return command.argv;
  const { raw } = command;
  const windows = platform?.toLowerCase().startsWith("win") === true;
  return windows ? ["cmd.exe", "/d", "/s", "/c", raw] : ["/bin/sh", "-lc", raw];
}

export interface AskedRun {
  readonly command: AskedCommand;
  readonly agentId: string;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Params of `system.run` as a Gateway would send them before anybody approved. */
export function runParams({ command, cwd, agentId, env }: AskedRun, argv: readonly string[]): unknown {
  return {
    command: argv,
    agentId,
    ...("raw" in command ? { rawCommand: command.raw } : {}),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  };
}
