// A real second process for the lock tests: does one job and reports on standard output, one JSON value a line.
import { StoreError } from "./errors.ts";
import { acquireHostLock } from "./host-lock.ts";
import { updateStateFile } from "./update-state-file.ts";

const [job = "", path = "", count = "0"] = process.argv.slice(2);

if (job === "hold") {
  try {
    await acquireHostLock(path);
    console.log(JSON.stringify({ held: process.pid }));
    // Holds until it is killed or its input ends, without giving the lock back.
    process.stdin.resume();
    process.stdin.on("end", () => process.exit(0));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    console.log(JSON.stringify({ code: error.code, message: error.message }));
  }
} else {
  for (let done = 0; done < Number(count); done += 1)
    await updateStateFile(path, (text) => String(Number(text ?? "0") + 1), { lockWaitMs: 60_000 });
  console.log(JSON.stringify({ done: Number(count) }));
}
