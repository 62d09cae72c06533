import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HostLog } from "./host-log.ts";
import { PolicyStore } from "./policy-store.ts";
import { UsageRecorder } from "./usage-recorder.ts";

const quiet: HostLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe("UsageRecorder", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openclaw-usage-"));
    file = join(folder, "exec-approvals.json");
    const policy = {
      version: 1,
      agents: { "*": { allowlist: [{ pattern: "/bin/a" }, { pattern: "/bin/b", mine: 1 }] } },
    };
    writeFileSync(file, JSON.stringify(policy), { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const use = (pattern: string) => ({ agent: "*", pattern, resolvedPath: pattern });
  const entries = (): Record<string, unknown>[] =>
    (JSON.parse(readFileSync(file, "utf8")) as { agents: { "*": { allowlist: Record<string, unknown>[] } } })
      .agents["*"].allowlist;

  it("writes the last use of each entry, once, and nothing else", async () => {
    const recorder = new UsageRecorder(new PolicyStore(file), quiet);
    recorder.note([use("/bin/a")], "a 1", 1000);
    recorder.note([use("/bin/a"), use("/bin/b")], "a 2 | b", 2000);
    await recorder.close();
    expect(entries()).toEqual([
      {
        id: expect.any(String) as unknown,
        pattern: "/bin/a",
        lastUsedAt: 2000,
        lastUsedCommand: "a 2 | b",
        lastResolvedPath: "/bin/a",
      },
      {
        id: expect.any(String) as unknown,
        pattern: "/bin/b",
        mine: 1,
        lastUsedAt: 2000,
        lastUsedCommand: "a 2 | b",
        lastResolvedPath: "/bin/b",
      },
    ]);
  });

  it("leaves the file alone when nothing was used, and when the policy became malformed", async () => {
    const idle = new UsageRecorder(new PolicyStore(file), quiet);
    const before = readFileSync(file, "utf8");
    await idle.close();
    expect(readFileSync(file, "utf8")).toBe(before);
    writeFileSync(file, "{ broken", { mode: 0o600 });
    const late = new UsageRecorder(new PolicyStore(file), quiet);
    late.note([use("/bin/a")], "a", 1);
    await late.close();
    expect(readFileSync(file, "utf8")).toBe("{ broken");
  });

  it("keeps an edit that somebody made meanwhile", async () => {
    const recorder = new UsageRecorder(new PolicyStore(file), quiet);
    recorder.note([use("/bin/a")], "a", 5);
    writeFileSync(
      file,
      JSON.stringify({ version: 1, agents: { "*": { allowlist: [{ pattern: "/bin/b" }] } } }),
      { mode: 0o600 },
    );
    await recorder.close();
    expect(entries()).toEqual([{ pattern: "/bin/b" }]);
  });
});
