import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkProgram, formatFits } from "./program-check.ts";
import { classifyHead } from "./program-head.ts";
import { planFor, tempDir } from "./run.test.support.ts";
import { startRun } from "./start-run.ts";

const dir = tempDir();
const touched = join(dir, "touched");

function program(name: string, content: string | Buffer, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

/** Machine code of this machine, changed at one place. */
function patched(at: number, value: number): Buffer {
  const bytes = readFileSync("/bin/true");
  bytes.writeUInt16LE(value, at);
  return bytes;
}

async function failureOf(path: string): Promise<[string | undefined, string | undefined]> {
  const { failure, exitCode } = await startRun({ ...planFor([path]), cwd: dir }).result;
  expect(exitCode).toBeUndefined();
  return [failure?.code, failure?.message.slice("Command failed during launch or output capture: ".length)];
}

const NO_LINE =
  "is neither machine code nor a script whose first line names its interpreter; add one, such as `#!/bin/sh`";

describe("a file that the system cannot run itself", () => {
  it("is not handed to a shell: a script without a first line", async () => {
    const path = program("no-line", `echo ran > ${touched}\n`);
    expect(await failureOf(path)).toEqual(["script-without-interpreter", `${path} ${NO_LINE}`]);
    const linked = join(dir, "linked");
    symlinkSync(path, linked);
    expect((await failureOf(linked))[0]).toBe("script-without-interpreter");
    expect(existsSync(touched)).toBe(false);
  });

  it.each(["#!\n", "#! \t\n", "#!", `#!/${"x".repeat(300)}\n`])(
    "nor one whose first line names nothing: %j",
    async (line) => {
      const path = program(
        "empty-line",
        `${line}echo ran > ${touched}\n`.slice(0, line === "#!" ? 2 : undefined),
      );
      expect(await failureOf(path)).toEqual([
        "script-without-interpreter",
        `${path} has a first line \`#!\` that names no interpreter`,
      ]);
      expect(existsSync(touched)).toBe(false);
    },
  );

  it("nor one whose interpreter is such a file", async () => {
    const inner = program("inner", `echo ran > ${touched}\n`);
    for (const line of [`#!${inner}`, "#!inner", "#! ./inner -x"]) {
      const path = program("outer", `${line}\necho ran > ${touched}\n`);
      expect(await failureOf(path)).toEqual([
        "script-without-interpreter",
        `${inner}, the interpreter of ${path}, ${NO_LINE}`,
      ]);
    }
    const self = join(dir, "self");
    expect((await failureOf(program("self", `#!${self}\n`)))[0]).toBe("script-without-interpreter");
    expect(existsSync(touched)).toBe(false);
  });

  it("says what it is", async () => {
    const empty = program("empty", "");
    expect(await failureOf(empty)).toEqual(["executable-empty", `${empty} is an empty file`]);
    const foreign = program("foreign", patched(18, 8));
    expect(await failureOf(foreign)).toEqual([
      "wrong-architecture",
      `${foreign} is made for another processor (ELF machine 8, this is ${process.arch})`,
    ]);
    const object = program("object", patched(16, 1));
    expect(await failureOf(object)).toEqual([
      "unknown-format",
      `${object} is machine code, but no complete program`,
    ]);
    const fifo = join(dir, "fifo");
    execFileSync("mkfifo", ["-m", "755", fifo]);
    expect(await failureOf(fifo)).toEqual(["executable-not-a-file", `${fifo} is no regular file`]);
  });

  it("is looked at again when it has changed", async () => {
    const path = program("changing", "#!/bin/sh\necho fine\n");
    expect((await startRun(planFor([path])).result).stdout).toBe("fine\n");
    truncateSync(path, 0);
    expect((await failureOf(path))[0]).toBe("executable-empty");
    writeFileSync(path, readFileSync("/bin/true"));
    expect((await startRun(planFor([path])).result).exitCode).toBe(0);
  });

  it("is named after a working directory that is wrong as well", async () => {
    const plan = { ...planFor([program("both", "")]), cwd: join(dir, "nowhere") };
    expect((await startRun(plan).result).failure?.code).toBe("cwd-missing");
  });
});

describe("a program", () => {
  it("runs as a script, also through a second script", async () => {
    const inner = program("good-inner", '#!/bin/sh\necho inner "$@"\n');
    const outer = program("good-outer", `#!${inner} word\n`);
    expect((await startRun(planFor([outer, "arg"])).result).stdout).toBe(`inner word ${outer} arg\n`);
  });

  it("is checked completely when something else will start it", () => {
    const options = { platform: "linux", complete: true } as const;
    const code = (path: string): string | undefined => checkProgram(planFor([path]), options)?.code;
    expect(code(join(dir, "nowhere"))).toBe("executable-missing");
    expect(code(program("bad", "#!/no/such/interpreter\n"))).toBe("executable-missing");
    expect(code(program("closed", "#!/bin/sh\n", 0o644))).toBe("executable-not-accessible");
    expect(code("/bin/true")).toBeUndefined();
  });

  it("may have a format that somebody has registered", () => {
    const path = program("Main.class", Buffer.from("cafed00d0000", "hex"));
    const formats = tempDir();
    const fits = (text: string): boolean => {
      writeFileSync(join(formats, "java"), text);
      return checkProgram(planFor([path]), { platform: "linux", complete: false, formats }) === undefined;
    };
    writeFileSync(join(formats, "status"), "enabled\n");
    expect(fits("enabled\ninterpreter /bin/java\nflags: \noffset 0\nmagic cafed00d\n")).toBe(true);
    expect(fits("enabled\ninterpreter /bin/java\nflags: \nextension .class\n")).toBe(true);
    expect(fits("enabled\ninterpreter /bin/java\nflags: \noffset 2\nmagic d00c\nmask fff0\n")).toBe(true);
    expect(fits("disabled\ninterpreter /bin/java\nflags: \noffset 0\nmagic cafed00d\n")).toBe(false);
    expect(fits("enabled\ninterpreter /bin/java\nflags: \noffset 0\nmagic cafebabe\n")).toBe(false);
    expect(fits("enabled\n")).toBe(false);
    expect(formatFits("enabled\noffset 4\nmagic 00\n", path, Buffer.from("x"))).toBe(false);
  });

  it("of any first bytes is judged without a throw", () => {
    const starts = fc.constantFrom("", "#!", "\x7fELF", "#! ", "#!/");
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        const head = Buffer.concat([Buffer.from(start, "latin1"), rest]).subarray(0, 256);
        const { kind } = classifyHead(head, "x64");
        if (head.length === 0) expect(kind).toBe("empty");
        else if (head.toString("latin1", 0, 2) === "#!") expect(["script", "no-interpreter"]).toContain(kind);
        else expect(kind).not.toBe("script");
      }),
    );
  });
});
