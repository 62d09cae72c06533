// Runs `pwd` in the directory that is the argument, and prints the result; started as another user.
import { startRun } from "./start-run.ts";

const [cwd = ""] = process.argv.slice(2);
const result = await startRun({
  executable: "/bin/sh",
  argv: ["/bin/sh", "-c", "pwd"],
  cwd,
  env: {},
  commandText: "pwd",
  bindings: [],
}).result;
process.stdout.write(JSON.stringify(result));
