/** What is to run in the background, for any service manager. All paths are absolute. */
export interface ServiceSpec {
  /** `default` or the name of the state profile; decides the service's name. */
  readonly stateProfile: string;
  /** One line for people, for example "OpenClaw Node Host". */
  readonly description: string;
  /** Path of the program, then its arguments, exactly as the program is to get them. */
  readonly command: readonly [string, ...string[]];
  /** Written into the definition, in this order. */
  readonly environment: ReadonlyMap<string, string>;
  /** Written into `secretsFile` (owner-only) and nowhere else. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly secretsFile: string;
  /** Directory of the service manager's definitions, for example `~/.config/systemd/user`. */
  readonly definitionDir: string;
}

/** One file of a service. Rendered here, written by whoever applies the plan, in this order. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}
