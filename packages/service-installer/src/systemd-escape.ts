import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";

/** Line breaks end an assignment; NUL, lone surrogates and noncharacters are no text to systemd. */
const neverCarried = /[\0\r\n\p{Surrogate}\p{Noncharacter_Code_Point}]/u;
/** Variables with other control characters than the tab are dropped by systemd, with a warning only. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlButTab = /[\u0000-\u0008\u000a-\u001f\u007f]/;
/** Words made of these mean themselves without quotes. */
const plainWord = /^[A-Za-z0-9_@+=:,./-]+$/;

/** One argument of ExecStart. Throws `not-representable` or `too-large`; `part` names the argument in the message. */
export function escapeSystemdArgument(argument: string, part = "argument"): string {
  // `$` starts a variable in command lines (and only there).
  return quoted(argument, part).replaceAll("$", "$$$$");
}

/** One value as a whole word, for `Environment=`, where `$` means nothing. Throws as above. */
export function escapeSystemdValue(value: string, part = "value"): string {
  if (controlButTab.test(value)) throw notRepresentable(part, "a control character");
  return quoted(value, part);
}

/** Text that is the rest of its line, for `Description=`: there quotes mean nothing. Throws as above. */
export function escapeSystemdLine(text: string, part = "text"): string {
  checkText(text, part);
  if (controlButTab.test(text)) throw notRepresentable(part, "a control character");
  if (text !== text.trim()) throw notRepresentable(part, "a blank at its end");
  if (text.endsWith("\\")) throw notRepresentable(part, "a backslash at its end");
  return text.replaceAll("%", "%%");
}

/** A value in an EnvironmentFile, where no specifier is replaced and other characters need escapes. Throws as above. */
export function escapeEnvironmentFileValue(value: string, part = "value"): string {
  checkText(value, part);
  if (controlButTab.test(value)) throw notRepresentable(part, "a control character");
  return `"${value.replace(/["\\`$]/g, "\\$&")}"`;
}

/** Path of the program. systemd takes fewer characters in it than in arguments. */
export function escapeSystemdProgram(path: string): string {
  const part = "program path";
  if (!path.startsWith("/"))
    throw new ServiceError("bad-command", "the program must be an absolute path", { part });
  if (/["'\\$]/.test(path)) throw notRepresentable(part, "a quote, a backslash or `$`");
  if (controlButTab.test(path) || path.includes("\t")) throw notRepresentable(part, "a control character");
  return quoted(path, part);
}

/** Path of an EnvironmentFile: not quoted, and a pattern to systemd. */
export function escapeSystemdFilePath(path: string, part: string): string {
  if (!path.startsWith("/"))
    throw new ServiceError("bad-path", `the ${part} must be an absolute path`, { part });
  if (/[*?[\]\\{}]/.test(path)) throw notRepresentable(part, "one of `* ? [ ] { } \\`");
  return escapeSystemdLine(path, part);
}

function quoted(text: string, part: string): string {
  checkText(text, part);
  if (plainWord.test(text)) return text;
  // oxlint-disable-next-line no-control-regex -- the rest of the control characters can be written as escapes
  const escaped = text.replace(/[\\"%\u0001-\u001f\u007f]/g, (character) => {
    if (character === "%") return "%%";
    if (character === "\t") return "\\t";
    if (character === "\\" || character === '"') return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}

function checkText(text: string, part: string): void {
  if (neverCarried.test(text))
    throw notRepresentable(part, "a line break, a NUL or something that is not a Unicode character");
  if (Buffer.byteLength(text) > serviceLimits.textBytes)
    throw new ServiceError(
      "too-large",
      `the ${part} is longer than ${serviceLimits.textBytes} bytes; shorten it`,
      {
        part,
      },
    );
}

function notRepresentable(part: string, what: string): ServiceError {
  return new ServiceError(
    "not-representable",
    `the ${part} holds ${what}, which a systemd unit cannot carry; take it out`,
    { part },
  );
}
