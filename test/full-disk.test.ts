import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FULL_POLICY, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";
import { childrenOf, openOf } from "./proof/machine.ts";
import { cleanEnv } from "./scenarios/node-process.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ?? fileURLToPath(new URL("../apps/cli/dist/main.js", import.meta.url));
const DISK_BYTES = 4_194_304;

describe.runIf(process.getuid?.() === 0)("a disk that is full", () => {
  it("costs the kept output and no run; whoever makes room has it kept again", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir({ "exec-approvals.json": FULL_POLICY });
    const runs = join(dir, "runs");
    mkdirSync(runs, { mode: 0o700 });
    // A disk that only this host sees; it is gone with it.
    const host = spawn(
      "unshare",
      [
        "--mount",
        "--propagation",
        "private",
        "/bin/sh",
        "-c",
        `mount -t tmpfs -o size=${DISK_BYTES},mode=700 tmpfs "$0" && exec "$@"`,
        runs,
        process.execPath,
        ENTRY,
        "node",
        "run",
        "--host",
        "127.0.0.1",
        "--port",
        String(gateway.port),
      ],
      {
        env: cleanEnv(dir, { OPENCLAW_GATEWAY_TOKEN: "test-token-0123456789" }),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    onTestFinished(async () => {
      host.kill("SIGKILL");
      if (host.exitCode === null && host.signalCode === null) await once(host, "close");
    });
    let said = "";
    for (const stream of [host.stdout, host.stderr])
      stream.on("data", (text: Buffer) => (said += text.toString()));
    const visitor = await gateway.visitor(0);
    await vi.waitFor(() => expect(said).toContain("connected to the Gateway"), { timeout: 15_000 });
    const run = async (id: string, script: string) => {
      visitor.invoke(id, "system.run", { command: ["/bin/sh", "-c", script], runId: id });
      return await visitor.result(id);
    };
    const pid = host.pid ?? 0;
    const disk = `/proc/${pid}/root${runs}`;
    expect(await run("first", "seq 1 100000")).toMatchObject({ success: true });
    const before = openOf(pid);

    const flood = await run("flood", "head -c 20000000 /dev/zero | tr '\\0' x; echo end");
    expect(flood).toMatchObject({ success: true, exitCode: 0 });
    expect(flood.stdout).toMatch(/^xxx[^]*bytes are missing here[^]*xend\n$/u);
    const record = JSON.parse(readFileSync(join(disk, "flood.json"), "utf8") || "null");
    expect(statfsSync(disk).bavail).toBe(0);
    expect(statSync(join(disk, "flood.stdout")).size).toBeLessThanOrEqual(DISK_BYTES);
    // Another one finds no place even for its record.
    expect(await run("next", "seq 1 100000; echo over")).toMatchObject({
      success: true,
      stdout: expect.stringMatching(/\nover\n$/u) as unknown,
    });
    await vi.waitFor(() => expect(openOf(pid)).toEqual(before));
    expect(childrenOf(pid)).toEqual([]);
    expect(said).toMatch(/the output of runs cannot be kept: .*ENOSPC|no space/u);
    expect(record).toMatchObject({ runId: "flood" });

    for (const name of readdirSync(disk)) if (name.startsWith("flood")) rmSync(join(disk, name));
    expect(await run("last", "seq 1 100000")).toMatchObject({ success: true });
    await vi.waitFor(() =>
      expect(JSON.parse(readFileSync(join(disk, "last.json"), "utf8"))).toMatchObject({
        end: { exitCode: 0, outputBytes: 588_895 },
      }),
    );
    expect(statSync(join(disk, "last.stdout")).size).toBe(588_895);
  });
});
