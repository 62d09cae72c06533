import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  answering,
  installed,
  json,
  moveProgram,
  perform,
  unitOf,
  type Json,
} from "./doctor.test.support.ts";
import { machine, stateDirOf } from "./systemd-stand-in.test.support.ts";

describe("node doctor --fix", () => {
  it("closes our own files to others, and follows no link", async () => {
    const on = machine();
    const dir = stateDirOf(on);
    const elsewhere = join(on.home, "elsewhere");
    writeFileSync(elsewhere, "{}", { mode: 0o644 });
    symlinkSync(elsewhere, join(dir, "exec-approvals.json"));
    writeFileSync(join(dir, "node.json"), '{"version":1,"nodeId":"n"}', { mode: 0o644 });
    chmodSync(dir, 0o755);
    const { mended } = await json(on, { fix: true });
    expect(mended.map(({ id, ok }: Json) => [id, ok])).toEqual([
      ["state-directory", true],
      ["settings", true],
    ]);
    expect([dir, join(dir, "node.json"), elsewhere].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o600, 0o644,
    ]);
    expect((await json(on, { fix: true })).mended).toEqual([]);
  });

  it("removes what dead processes left, and nothing of a host that runs", async () => {
    const on = machine();
    const dir = stateDirOf(on);
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const files = [
      "host.lock",
      `.node.json.${dead}.0123456789ab.tmp`,
      `.node.json.${process.pid}.0123456789ab.tmp`,
    ];
    writeFileSync(join(dir, "host.lock"), `{"pid":${dead},"nonce":"n"}\n`, { mode: 0o600 });
    for (const name of files.slice(1)) writeFileSync(join(dir, name), "", { mode: 0o600 });
    await staleSocket(join(dir, "node.sock"));
    const { mended } = await json(on, { fix: true });
    expect(mended.map(({ id }: Json) => id)).toEqual(["host", "files", "identity"]);
    expect([...files, "node.sock"].map((name) => existsSync(join(dir, name)))).toEqual([
      false,
      false,
      true,
      false,
    ]);

    await answering(on);
    writeFileSync(join(dir, files[1] ?? ""), "");
    expect((await json(on, { fix: true })).mended).toEqual([]);
    expect(existsSync(join(dir, "node.sock"))).toBe(true);
  });

  it("writes a service anew whose program moved, with the options that it had", async () => {
    const on = await installed({ "display-name": "Lab", "log-level": "debug" });
    moveProgram(on);
    const { mended, checks } = await json(on, { fix: true });
    expect(mended).toEqual([
      { id: "service-entry-missing", ok: true, text: expect.stringContaining("main.js") },
    ]);
    expect(checks.filter(({ level }: Json) => level === "error")).toEqual([]);
    const unit = on.files.get(unitOf(on))?.text ?? "";
    expect(unit).toContain("/opt/openclaw/dist/main.js");
    expect(unit).toMatch(/--port 19598 .*--display-name Lab/u);
  });

  it("leaves that service alone while runs go on", async () => {
    const on = await installed();
    moveProgram(on);
    await answering(on, { activeInvokes: 1 });
    const { code, stdout } = await perform(on, { fix: true });
    expect(code).toBe(1);
    expect(stdout).toContain("LEFT     service-entry-missing: runs are going on");
  });
});

/** A socket file whose server was killed. */
async function staleSocket(path: string): Promise<void> {
  const server = createServer().listen(path);
  await once(server, "listening");
  const program = `require("node:net").createServer().listen(process.argv[1],()=>process.kill(process.pid,"SIGKILL"))`;
  server.close();
  await once(server, "close");
  spawnSync(process.execPath, ["-e", program, path]);
}
