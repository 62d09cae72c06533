import { dangerousAwkArgument } from "./awk.ts";
import { dangerousGitArgument } from "./git.ts";
import { toolModel } from "./models.ts";
import { dangerousArgument } from "./option-model.ts";
import { dangerousSedArgument } from "./sed.ts";

/**
 * The argument by which an ordinary program starts another one, loads code or reads its
 * options from a file; an entry that names the program alone does not cover it. `names`
 * are the name that was typed and the name of the real file. Source: threat class 4.
 */
export function dangerousToolArgument(names: readonly string[], args: readonly string[]): string | undefined {
  for (const typed of names) {
    const name = typed.toLowerCase();
    const argument = inTool(name, args);
    if (argument !== undefined) return argument;
  }
  return undefined;
}

function inTool(name: string, args: readonly string[]): string | undefined {
  switch (name) {
    case "git":
      return dangerousGitArgument(args);
    case "sed":
    case "gsed":
      return dangerousSedArgument(args);
    case "awk":
    case "gawk":
    case "mawk":
    case "nawk":
    case "original-awk":
      return dangerousAwkArgument(args);
    default: {
      const model = toolModel(name);
      return model && dangerousArgument(model, args);
    }
  }
}
