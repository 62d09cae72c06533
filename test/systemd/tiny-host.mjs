// Stands for the node host: tells systemd that it is ready, writes down what it was given, and does as it is told.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const home = process.env.HOME;
const order = join(home, "order");
const wanted = existsSync(order) ? readFileSync(order, "utf8") : "";
if (wanted === "refuse") process.exit(78);
writeFileSync(
  join(home, "seen.json"),
  JSON.stringify({
    argv: process.argv.slice(1),
    execArgv: process.execArgv,
    env: process.env,
    umask: process.umask(),
    status: readFileSync("/proc/self/status", "utf8"),
    limits: readFileSync("/proc/self/limits", "utf8"),
    pid: process.pid,
  }),
);
if (process.env.NOTIFY_SOCKET !== undefined && wanted !== "silent")
  execFileSync("systemd-notify", ["--ready", `--pid=${process.pid}`, "--status=connected"]);
process.on("SIGTERM", () => process.exit(0));
// Whoever writes the file `leave` decides the exit code.
setInterval(() => {
  const leave = join(home, "leave");
  if (!existsSync(leave)) return;
  const code = Number(readFileSync(leave, "utf8"));
  unlinkSync(leave);
  process.exit(code);
}, 100);
