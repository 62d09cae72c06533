import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FileSpool } from "./file-spool.ts";
import type { OutputFilter } from "./output-path.ts";
import { runScript, tempDir } from "./run.test.support.ts";

/** Makes everything upper case, and keeps the last byte of each stream back until it is asked for. */
function shouting(): OutputFilter & { readonly asked: string[] } {
  const kept = { stdout: "", stderr: "" };
  const asked: string[] = [];
  return {
    asked,
    pass: (stream, piece) => {
      const text = kept[stream] + piece.toString("latin1").toUpperCase();
      kept[stream] = text.slice(-1);
      return Buffer.from(text.slice(0, -1), "latin1");
    },
    rest: (stream) => {
      asked.push(stream);
      return Buffer.from(kept[stream], "latin1");
    },
  };
}

describe("a filter", () => {
  it("comes before the result and the spool, and is asked once for what it kept back", async () => {
    const spool = new FileSpool({ directory: tempDir(), name: "r" });
    const filter = shouting();
    const result = await runScript("printf abc; sleep 0.05; printf d; printf e >&2", { filter, spool });
    expect(result).toMatchObject({ stdout: "ABCD", stderr: "E", outputBytes: 5, spool: { complete: true } });
    expect(readFileSync(spool.paths.stdout, "utf8")).toBe("ABCD");
    expect(readFileSync(spool.paths.stderr, "utf8")).toBe("E");
    expect(filter.asked).toEqual(["stdout", "stderr"]);
  });

  it("does not hide from the idle time-out that the program prints", async () => {
    const silent: OutputFilter = { pass: () => Buffer.alloc(0), rest: () => Buffer.alloc(0) };
    const text = "for n in 1 2 3 4 5 6; do sleep 0.2; echo on; done";
    const result = await runScript(text, { filter: silent, idleTimeoutMs: 900 });
    expect(result).toMatchObject({ stdout: "", timedOut: false, success: true });
  });

  it("is asked also when the run is ended, or never starts", async () => {
    const ended = shouting();
    expect((await runScript("printf abc; sleep 30", { filter: ended, timeoutMs: 500 })).stdout).toBe("ABC");
    const never = shouting();
    const { failure } = await runScript("true", { filter: never, limits: { nice: -1 } });
    expect([failure?.code, never.asked.length]).toEqual(["limit-invalid", 2]);
  });
});
