/**
 * Whether every bracket expression of a regular expression is closed. Implementations
 * differ in whether a delimiter inside of one ends the whole; where all are closed, none
 * stood inside.
 */
export function hasWholeBrackets(pattern: string): boolean {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === "\\") at += 1;
    else if (pattern[at] === "[") {
      const end = closingBracket(pattern, at + 1);
      if (end === undefined) return false;
      at = end;
    }
  }
  return true;
}

function closingBracket(pattern: string, start: number): number | undefined {
  let at = start;
  if (pattern[at] === "^") at += 1;
  if (pattern[at] === "]") at += 1;
  for (; at < pattern.length; at += 1) {
    const kind = pattern[at] === "[" ? pattern[at + 1] : undefined;
    if (kind === ":" || kind === "." || kind === "=") {
      const end = pattern.indexOf(`${kind}]`, at + 2);
      if (end < 0) return undefined;
      at = end + 1;
    } else if (pattern[at] === "]") {
      // Where a backslash counts inside of brackets, this one does not close them.
      return pattern[at - 1] === "\\" ? undefined : at;
    }
  }
  return undefined;
}
