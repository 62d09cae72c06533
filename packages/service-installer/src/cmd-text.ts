import { checkText } from "./definition.ts";
import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u001f\u007f]/;

/**
 * Rules of cmd in a script: `%` is doubled everywhere; inside of double quotes nothing else has a meaning (delayed
 * expansion is switched off); a double quote itself cannot be written there, so words that hold one are written without
 * cmd's quoting, with a caret before every sign.
 */
export function cmdArgument(argument: string, part = "argument"): string {
  check(argument, part);
  if (/^[A-Za-z0-9_./:\\@+-]+$/.test(argument)) return argument;
  const program = programWord(argument);
  if (!argument.includes('"')) return program.replaceAll("%", "%%");
  return program.replace(/[()^"<>&|!,;= ]/g, "^$&").replaceAll("%", "%%");
}

/** The program, which cmd looks for itself. */
export function cmdProgram(path: string): string {
  check(path, "program path");
  if (path.includes('"') || !/^(?:[A-Za-z]:[\\/]|\\\\|\/)/.test(path))
    throw new ServiceError("bad-command", "the program must be an absolute path without quotes", {
      part: "program path",
    });
  return /^[A-Za-z0-9_./:\\-]+$/.test(path) ? path : `"${path.replaceAll("%", "%%")}"`;
}

/** `set "NAME=value"`. */
export function cmdAssignment(name: string, value: string, part: string): string {
  check(value, part);
  if (value.includes('"')) throw notRepresentable(part, "a double quote");
  return `set "${name}=${value.replaceAll("%", "%%")}"`;
}

/** A remark. Signs of cmd have no meaning in it, but a trailing caret would go on in the next line. */
export function cmdRemark(text: string, part = "description"): string {
  check(text, part);
  return `rem ${text.replaceAll("%", "%%").replace(/[\^&|<>]/g, " ")}`;
}

/** Lines of a script with cmd's own line ends. Throws `too-large` for what cmd would cut. */
export function cmdScript(lines: readonly string[]): string {
  for (const line of lines)
    if (line.length > serviceLimits.cmdLineChars)
      throw new ServiceError(
        "too-large",
        `the command is longer than the ${serviceLimits.cmdLineChars} characters that cmd takes; shorten it`,
      );
  return lines.map((line) => `${line}\r\n`).join("");
}

/** In double quotes when needed, as the C run time reads it (CommandLineToArgvW). */
function programWord(argument: string): string {
  const inner = argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1");
  return `"${inner}"`;
}

function check(text: string, part: string): void {
  checkText(text, part, "a script for cmd");
  if (control.test(text)) throw notRepresentable(part, "a control character");
}

function notRepresentable(part: string, what: string): ServiceError {
  return new ServiceError(
    "not-representable",
    `the ${part} holds ${what}, which a script for cmd cannot carry; take it out`,
    { part },
  );
}
