import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CommandIo } from "../command.ts";
import { INPUT_LINE_CHARS, keyInput, lineInput } from "./watch-input.ts";
import { statusOutput } from "./status-output.ts";

/** A terminal, as far as the input looks at it. */
function terminal() {
  const modes: boolean[] = [];
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void modes.push(on),
  });
  return { stream, stdin: stream as unknown as CommandIo["stdin"], modes };
}

async function fed(stream: PassThrough, chunks: readonly string[]): Promise<void> {
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("keys", () => {
  it("come one by one; what was pasted or is a function key is none", async () => {
    const { stream, stdin, modes } = terminal();
    const keys: string[] = [];
    const input = keyInput(
      stdin,
      (key) => keys.push(key),
      () => undefined,
    );
    await fed(stream, ["o", "A", "oo", "\u001b[A", "yes\r", "x\u0003", "\u00e9"]);
    expect(keys).toEqual(["o", "a", "", "", "", "\u0003", "\u00e9"]);
    input.close();
    expect(modes).toEqual([true, false]);
    await fed(stream, ["o"]);
    expect(keys.length).toBe(7);
  });

  it("are lines where there is no terminal", async () => {
    const stream = new PassThrough();
    const keys: string[] = [];
    let ended = false;
    keyInput(
      stream as unknown as CommandIo["stdin"],
      (key) => keys.push(key),
      () => (ended = true),
    );
    await fed(stream, ["o\nALW", "ays \r\n", "oo\n", "deny\nshow\nquit\n\n"]);
    stream.end();
    await new Promise((resolve) => stream.once("close", resolve));
    expect(keys).toEqual(["o", "a", "oo", "d", "s", "q", ""]);
    expect(ended).toBe(true);
  });
});

it("lines without end are no answer, and cost no memory", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  lineInput(
    stream as unknown as CommandIo["stdin"],
    (line) => lines.push(line),
    () => undefined,
  );
  await fed(stream, ["x".repeat(INPUT_LINE_CHARS), "yy", "o", "\n", "o\n"]);
  expect(lines).toEqual(["", "o"]);
});

describe("the status line", () => {
  const written = (
    stdout: object,
  ): { readonly text: () => string; readonly out: ReturnType<typeof statusOutput> } => {
    let text = "";
    const write = (more: string): void => void (text += more);
    return { text: () => text, out: statusOutput({ stdout: { write, ...stdout }, env: {} }) };
  };

  it("changes in place on a terminal, and is as wide as it at most", () => {
    const { text, out } = written({ isTTY: true, columns: 40 });
    out.status("1 s left");
    out.status("1 s left");
    out.print(["news"]);
    out.status("y".repeat(50));
    out.status(undefined);
    const erase = "\r\u001b[K";
    expect(text()).toBe(`${erase}1 s left${erase}news\n1 s left${erase}${"y".repeat(38)}…${erase}`);
  });

  it("is a line of its own, once for each prompt, where nothing changes in place", () => {
    const { text, out } = written({});
    out.print(["a"]);
    out.status("2 s left");
    out.status("1 s left");
    out.status("…");
    out.status(undefined);
    out.print(["b"]);
    out.status("5 s left");
    expect(text()).toBe("a\n2 s left\nb\n5 s left\n");
  });
});
