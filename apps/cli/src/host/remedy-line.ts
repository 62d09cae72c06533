import { quoteArgv, type Remedy, type RemedyStep } from "@openclaw/approvals";
import { maskedCommand } from "./mask-secrets.ts";

/** Characters of a way out in the log; half a command line is worse than none. */
const SHOWN_CHARS = 1000;

/** The refusal that the line stands under. */
export interface RefusedRun {
  readonly command: readonly string[];
  readonly sentence: string;
  /** The state profile of this host, which its commands have to name. */
  readonly stateProfile?: string | undefined;
}

/** What would let a refused run through, on one line of the log; undefined where there is nothing to add. */
export function remedyLine({ proven, steps }: Remedy, refused: RefusedRun): string | undefined {
  const told = steps.filter(({ text, command }) => command !== undefined || !refused.sentence.includes(text));
  if (told.length === 0) return undefined;
  const way = proven ? "to allow it: " : "no allowlist entry allows it; instead: ";
  if (holdsSecret(refused.command) && told.some(namesArguments)) {
    return `${way}see openclaw approvals check; the arguments that an entry would name are not for a log`;
  }
  const texts = told.map((step) => stepText(step, refused.stateProfile));
  // Only commands can be pasted as one line.
  const joint = !proven ? "; " : told.every(({ command }) => command !== undefined) ? " && " : "; then ";
  const line = texts.join(joint);
  return line.length <= SHOWN_CHARS
    ? `${way}${line}`
    : `${way}${told.length} steps, which openclaw approvals check lists`;
}

function stepText({ kind, text, command }: RemedyStep, profile: string | undefined): string {
  if (command === undefined) return text;
  const line = quoteArgv(withProfile(command, profile));
  return kind === "advice" ? `${text}: ${line}` : line;
}

/** A command line of ours for the same state. */
export function withProfile(
  [program = "openclaw", ...words]: readonly string[],
  profile: string | undefined,
): readonly string[] {
  return [program, ...(profile === undefined ? [] : ["--profile", profile]), ...words];
}

function holdsSecret(command: readonly string[]): boolean {
  return maskedCommand(command) !== quoteArgv(command);
}

function namesArguments({ text, command = [] }: RemedyStep): boolean {
  return command.includes("--arg-pattern") || text.includes('"argPattern"');
}
