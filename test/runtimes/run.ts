// Runs the host's main scenarios under every runtime that users may have: `pnpm test:runtimes [node-20 bun-1 …]`.
// Installs Node 20, 22, 24 and bun into a cache outside the work tree. The tests themselves stay on the Node of the
// workspace; what they start, hosts and commands, is run by the runtime. At last, bun as a service of a real systemd.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runInside } from "../systemd/inside.ts";
import { installRuntime, RUNTIMES, type InstalledRuntime } from "./install.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const LIMIT_MS = 600_000;

/** Pairing, which, run, refusals, policies and approvals, stopping; links, TLS, secrets, the notify protocol. */
const FILES = [
  "test/scenarios/dev-gateway.test.ts",
  ...["bad-links", "node-runs", "node-status", "secrets", "service-notify", "stopping", "tls"].map(
    (name) => `test/${name}.test.ts`,
  ),
];
/** Both protocols. */
const TRIED_ERAS = "2026.9,2026.2";

const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const order of RUNTIMES) {
  const name = `${order.name}-${order.range}`;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const runtime = installRuntime(order);
  process.stdout.write(`== ${runtime.name} ${runtime.version}\n`);
  count(await scenarios(runtime));
  if (runtime.name === "bun")
    count(await runInside("user-manager.sh", "bun-checks.ts", { OPENCLAW_CHECK_BUN: runtime.path }));
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function count({ ok, bad }: { readonly ok: number; readonly bad: number }): void {
  passed += ok;
  failed += bad;
}

async function scenarios({ path }: InstalledRuntime): Promise<{ ok: number; bad: number }> {
  const output = await new Promise<string>((resolve) => {
    const child = spawn(process.execPath, [VITEST, "run", ...FILES], {
      cwd: ROOT,
      env: { ...process.env, OPENCLAW_TEST_RUNTIME: path, OPENCLAW_TEST_ERAS: TRIED_ERAS },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      process.stdout.write(chunk);
    });
    child.once("close", () => resolve(text));
  });
  const counted = /^(\d+) passed, (\d+) failed$/mu.exec(output);
  return counted === null ? { ok: 0, bad: 1 } : { ok: Number(counted[1]), bad: Number(counted[2]) };
}
