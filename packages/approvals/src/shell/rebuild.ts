import type { ShellOperator } from "./parse.ts";

/** Quotes a word so that every shell reads it as exactly these characters. */
function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text in which nothing but the operators is left for the shell to interpret. */
export function rebuildShellText(
  commands: readonly (readonly string[])[],
  operators: readonly ShellOperator[],
): string {
  return commands
    .map((words, index) => {
      const text = words.map(quoteForShell).join(" ");
      const operator = operators[index];
      if (operator === undefined) return text;
      return operator === ";" ? `${text}; ` : `${text} ${operator} `;
    })
    .join("");
}
