import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { belongingsOf, hostAtWork, settled } from "./proof/host-at-work.ts";
import { forgetPeak, memoryOf } from "./proof/machine.ts";

const GIGABYTE = 1_000_000_000;
/** What one run may have on the disk. */
const KEPT_BYTES = 268_435_456;

it("1 GB of output costs no memory and no more disk than one run may have; both ends are answered, nothing is left", async () => {
  const host = await hostAtWork();
  const before = await belongingsOf(host);
  const memory = memoryOf(host.pid).now;
  forgetPeak(host.pid);
  host.start("flood", `head -c ${GIGABYTE} /dev/zero | tr '\\0' x; echo end`);
  const { success, exitCode, stdout, stderr } = await host.visitor.result("flood");
  expect({ success, exitCode, stderr }).toEqual({ success: true, exitCode: 0, stderr: "" });
  const missing = GIGABYTE + 4 - 200_000;
  const mark = `\n... (truncated: ${missing} bytes are missing here) ...\n`;
  expect(stdout === `${"x".repeat(100_000)}${mark}${"x".repeat(99_996)}end\n`).toBe(true);
  await settled(host, [], before);
  expect((memoryOf(host.pid).peak - memory) / 1_048_576).toBeLessThan(40);
  const runs = join(host.node.stateDir, "runs");
  await vi.waitFor(() =>
    expect(JSON.parse(readFileSync(join(runs, "flood.json"), "utf8"))).toMatchObject({
      end: { exitCode: 0, outputBytes: GIGABYTE + 4, incomplete: expect.any(String) as unknown },
    }),
  );
  expect(readdirSync(runs).toSorted()).toEqual(["flood.json", "flood.stdout"]);
  expect(statSync(join(runs, "flood.stdout")).size).toBe(KEPT_BYTES);
}, 120_000);
