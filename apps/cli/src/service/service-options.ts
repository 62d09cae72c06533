import { fastParse } from "../fast-parse.ts";
import { NODE_OPTIONS } from "../option-sets.ts";

/** What stands behind `node run` in the command of a service, as options. Undefined when it cannot be read. */
export function serviceOptions(
  programArguments: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  const at = programArguments.findIndex(
    (word, index) => word === "node" && programArguments[index + 1] === "run",
  );
  if (at < 0) return undefined;
  const spec = {
    path: ["node", "run"],
    summary: "",
    options: NODE_OPTIONS,
    load: async () => await Promise.reject(new Error("only its options are read")),
  };
  return fastParse(spec, programArguments.slice(at))?.options;
}
