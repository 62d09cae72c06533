import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CONTROL_LIMITS, serveControlSocket } from "../host/control-socket.ts";
import { runCli } from "./operator-world.test.support.ts";

/** `approvals check --json` beside a host that answers like this. */
async function checkedBeside(
  answer: (method: string, params: unknown) => unknown,
  ...words: readonly string[]
): Promise<{ readonly limits: readonly string[]; readonly host?: unknown; readonly outcome: string }> {
  const dir = mkdtempSync(join(tmpdir(), "check-host-"));
  const server = await serveControlSocket(join(dir, "node.sock"), answer);
  onTestFinished(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const env = { HOME: dir, OPENCLAW_STATE_DIR: dir, PATH: "/usr/bin:/bin" };
  const { stdout, stderr } = await runCli(["approvals", "check", "--json", ...words], { env });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as never;
}

test.each<readonly [string, unknown, RegExp]>([
  ["another version", { ok: false, error: "unknown method" }, /another version \(it said: unknown method\)/u],
  ["a later answer", { ok: true, run: { outcome: "maybe" } }, /its answer was not understood/u],
  ["nonsense", [], /its answer was not understood/u],
  ["no words", { ok: false, error: 5 }, /its answer was not understood/u],
  ["too much", "x".repeat(CONTROL_LIMITS.answerLineBytes), /the answer is too long/u],
])("a host of %s is told from none, and this command decides", async (_what, answer, why) => {
  const { limits, host, outcome } = await checkedBeside(() => answer, "--", "/usr/bin/id");
  expect(outcome).toBe("ask");
  expect(host).toBeUndefined();
  expect(limits[0]).toMatch(why);
  expect(limits[0]).toMatch(/so this command decided/u);
});

test("a question that no host would read is not sent", async () => {
  const asked: unknown[] = [];
  const { limits, outcome } = await checkedBeside(
    (_method, params) => asked.push(params),
    "--",
    "/usr/bin/id",
    "x".repeat(CONTROL_LIMITS.lineBytes),
  );
  expect(outcome).toBe("ask");
  expect(limits[0]).toMatch(/takes no question of this length/u);
  expect(asked).toEqual([]);
});
