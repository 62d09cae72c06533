// Installs, starts, stops and removes the service under a real systemd: `pnpm test:systemd`.
// Needs root, unshare and setpriv (util-linux), systemd, and a cgroup2 mount. Everything happens in namespaces and
// cgroups of its own; all processes end with them.
import { groupChecks, runInside } from "./inside.ts";

let { ok: passed, bad: failed } = await groupChecks();
for (const [manager, script] of [
  ["user-manager.sh", "user-checks.ts"],
  ["user-manager.sh", "cli-checks.ts"],
  ["user-manager.sh", "place-checks.ts"],
  ["user-manager.sh", "screen-checks.ts"],
  ["system-manager.sh", "system-checks.ts"],
  ["system-manager.sh", "cli-system-checks.ts"],
] as const) {
  const { ok, bad } = await runInside(manager, script);
  passed += ok;
  failed += bad;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
