import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildRunEnvironment,
  DEFAULT_PATH,
  type EnvironmentInput,
  type RunEnvironment,
} from "./environment.ts";
import {
  BLOCKED_EVERYWHERE,
  INHERITED_OWNERS,
  NEVER_INHERITED,
  OWNERS,
} from "./environment-names.test.support.ts";

const build = (input: Partial<EnvironmentInput>): RunEnvironment =>
  buildRunEnvironment({ host: { PATH: "/bin" }, overrides: {}, shellForm: false, windows: false, ...input });

/** The environment that comes out; fails if it is refused. */
function envOf(input: Partial<EnvironmentInput>): Readonly<Record<string, string>> {
  const result = build(input);
  if (!result.ok) throw new Error(result.message);
  return result.env;
}

const messageOf = (input: Partial<EnvironmentInput>): string => {
  const result = build(input);
  return result.ok ? "fine" : result.message;
};

const MARKS = { OPENCLAW_CLI: "1", OPENCLAW_SHELL: "exec" };
const FORBIDDEN = [
  ...BLOCKED_EVERYWHERE,
  ...OWNERS,
  ...NEVER_INHERITED,
  "GIT_ALLOW_PROTOCOL",
  "GIT_PROTOCOL_FROM_USER",
];

describe("the environment of a run", () => {
  it("is the host's, with what the request adds", () => {
    expect(
      envOf({
        host: { PATH: "/bin", TZ: "UTC", USER: "x", HOME: "/h" },
        overrides: { FOO: "1", TZ: "CET", e_1: "" },
      }),
    ).toEqual({
      PATH: "/bin",
      USER: "x",
      HOME: "/h",
      TZ: "CET",
      FOO: "1",
      e_1: "",
      ...MARKS,
    });
  });

  it("has a search path when the host has none", () => {
    for (const host of [{}, { PATH: "" }, { PATH: undefined }])
      expect(envOf({ host })).toEqual({ PATH: DEFAULT_PATH, ...MARKS });
    expect(envOf({ host: {}, windows: true })).toEqual(MARKS);
  });

  it.each([
    "CI",
    "DEBUG",
    "NODE_ENV",
    "TZ",
    "LANG",
    "PYTHONUNBUFFERED",
    "GIT_AUTHOR_NAME",
    "GIT_TERMINAL_PROMPT",
    "RUST_BACKTRACE",
    "MY_TOKEN",
    "_x9",
    "lower",
  ])("takes the harmless override %s", (name) => {
    expect(envOf({ overrides: { [name]: "v" } })).toMatchObject({ [name]: "v" });
  });
});

describe("what a request may not set", () => {
  it.each(FORBIDDEN)("%s", (name) => {
    expect(build({ overrides: { OTHER: "1", [name]: "v" } })).toEqual({
      ok: false,
      message: `SYSTEM_RUN_DENIED: environment override rejected (blocked override keys: ${name.toUpperCase()})`,
      blocked: [name.toUpperCase()],
      invalid: [],
    });
    expect(messageOf({ overrides: { [name]: "v" }, shellForm: true })).toContain(name.toUpperCase());
  });

  it("is refused in any letter case, whatever else is set, on every system", () => {
    const name = fc.constantFrom(...FORBIDDEN).chain((known) =>
      fc.array(fc.boolean(), { minLength: known.length, maxLength: known.length }).map((low) =>
        known
          .split("")
          .map((letter, at) => (low[at] === true ? letter.toLowerCase() : letter))
          .join(""),
      ),
    );
    const others = fc.dictionary(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/u), fc.string());
    fc.assert(
      fc.property(name, others, fc.boolean(), fc.boolean(), (forbidden, rest, shellForm, windows) => {
        const result = build({ overrides: { ...rest, [forbidden]: "v" }, shellForm, windows });
        expect(result).toMatchObject({
          ok: false,
          blocked: expect.arrayContaining([forbidden.toUpperCase()]),
        });
      }),
      { numRuns: 1000 },
    );
  });

  it("is never in the environment that comes out, whatever is asked", () => {
    const forbidden = new Set(FORBIDDEN.map((name) => name.toUpperCase()));
    const anyName = fc.oneof(
      fc.string(),
      fc.constantFrom(...FORBIDDEN),
      fc.stringMatching(/^[A-Z_]{1,12}$/u),
    );
    const overrides = fc.dictionary(anyName, fc.string(), { maxKeys: 5, noNullPrototype: true });
    fc.assert(
      fc.property(overrides, fc.boolean(), fc.boolean(), (asked, shellForm, windows) => {
        const host = { PATH: "/bin", HOME: "/h" };
        const result = build({ host, overrides: asked, shellForm, windows });
        const set = result.ok ? Object.entries(result.env) : [];
        const foreign = set.filter(
          ([name, value]) =>
            forbidden.has(name.toUpperCase()) &&
            Reflect.get({ ...host, PAGER: "", GIT_PAGER: "", ...MARKS }, name) !== value,
        );
        expect(foreign).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it("is named in one sentence, sorted, in upper case, each once", () => {
    const overrides = { PATH: "a", ld_preload: "b", LD_PRELOAD: "c", "b-d": "d", "a.b": "e", FINE: "f" };
    expect(messageOf({ overrides })).toBe(
      "SYSTEM_RUN_DENIED: environment override rejected (blocked override keys: LD_PRELOAD, PATH; invalid non-portable override keys: a.b, b-d)",
    );
  });
});

describe("names that are not portable", () => {
  it.each(["", "1A", "A-B", "A.B", "A B", "A=B", "É", "A\0", "ＰＡＴＨ", "A(x)"])(
    "%j refuses the run",
    (name) => {
      expect(build({ overrides: { [name]: "v" } })).toMatchObject({
        ok: false,
        blocked: [],
        invalid: [name],
      });
    },
  );

  it("and values with a NUL refuse the run", () => {
    expect(messageOf({ overrides: { FOO: "a\0b" } })).toBe(
      "SYSTEM_RUN_DENIED: environment override rejected (invalid non-portable override keys: FOO)",
    );
  });

  it("are shown escaped and cut", () => {
    expect(messageOf({ overrides: { "a\nb\u001B\u202Eé😀": "v" } })).toBe(
      "SYSTEM_RUN_DENIED: environment override rejected (invalid non-portable override keys: a\\nb\\u001b???)",
    );
    expect(messageOf({ overrides: { ["-".repeat(1000)]: "v" } })).toContain(`keys: ${"-".repeat(80)})`);
  });

  it("with parentheses are good on Windows", () => {
    expect(envOf({ overrides: { "ProgramFiles(x86)": "v" }, windows: true })).toMatchObject({
      "ProgramFiles(x86)": "v",
    });
  });

  it("called like a part of every object are names like any other", () => {
    const env = envOf({
      overrides: Object.fromEntries([
        ["__proto__", "v"],
        ["constructor", "w"],
      ]),
    });
    expect(Object.entries(env)).toContainEqual(["__proto__", "v"]);
    expect(Object.entries(env)).toContainEqual(["constructor", "w"]);
    expect(Object.getPrototypeOf(env)).toBe(Object.prototype);
  });
});

describe("pagers", () => {
  it("may be switched off, and nothing else", () => {
    for (const [name, value] of [
      ["PAGER", ""],
      ["PAGER", "cat"],
      ["GIT_PAGER", ""],
      ["GIT_PAGER", "cat"],
    ] as const)
      for (const shellForm of [false, true])
        expect(envOf({ host: { [name]: "less" }, overrides: { [name]: value }, shellForm })[name]).toBe("");
    for (const overrides of [
      { PAGER: "less" },
      { PAGER: "cat " },
      { GIT_PAGER: "sh -c id" },
      { MANPAGER: "cat" },
      { pager: "cat" },
    ])
      expect(messageOf({ overrides })).toMatch(/blocked override keys/u);
  });
});

describe("a command that a shell reads", () => {
  it("gets the short list only, and the rest of the harmless names is dropped", () => {
    const kept = {
      TERM: "x",
      LANG: "C",
      LC_ALL: "C",
      LC_CTYPE: "C",
      LC_MESSAGES: "C",
      COLORTERM: "1",
      NO_COLOR: "1",
      FORCE_COLOR: "0",
    };
    expect(envOf({ overrides: { ...kept, FOO: "1", CI: "1", NODE_ENV: "x" }, shellForm: true })).toEqual({
      PATH: "/bin",
      ...kept,
      ...MARKS,
    });
  });
});

describe("what a child inherits", () => {
  it.each([...BLOCKED_EVERYWHERE, ...NEVER_INHERITED])("%s never", (name) => {
    expect(envOf({ host: { PATH: "/bin", [name]: "secret", [name.toLowerCase()]: "secret" } })).toEqual({
      PATH: "/bin",
      ...MARKS,
    });
  });

  it.each(OWNERS.filter((name) => !INHERITED_OWNERS.includes(name)))("%s not", (name) => {
    expect(envOf({ host: { PATH: "/bin", [name]: "secret" } })).toEqual({ PATH: "/bin", ...MARKS });
  });

  it.each(INHERITED_OWNERS)("%s, as ordinary tools need it", (name) => {
    expect(envOf({ host: { PATH: "/bin", [name]: "v" } })).toEqual({ PATH: "/bin", [name]: "v", ...MARKS });
    expect(envOf({ host: { [name.toLowerCase()]: "v" } })).toMatchObject({ [name.toLowerCase()]: "v" });
  });

  it("git's protocols, narrowed to the harmless ones", () => {
    const narrowed = (value: string): unknown =>
      envOf({ host: { GIT_ALLOW_PROTOCOL: value } })["GIT_ALLOW_PROTOCOL"];
    expect(narrowed("https:ssh")).toBe("https:ssh");
    expect(narrowed("file:https:ext:git")).toBe("https:git");
    expect(narrowed("ext")).toBe("");
    for (const value of ["1", "0", "true", ""])
      expect(envOf({ host: { GIT_PROTOCOL_FROM_USER: value } })).toMatchObject({
        GIT_PROTOCOL_FROM_USER: "0",
      });
    expect(envOf({})).not.toHaveProperty("GIT_PROTOCOL_FROM_USER");
  });
});

describe("on Windows", () => {
  it("one name in two letter cases is one variable, and the request's value counts", () => {
    expect(envOf({ host: { Foo: "1", Path: "C:\\" }, overrides: { FOO: "2" }, windows: true })).toEqual({
      FOO: "2",
      Path: "C:\\",
      ...MARKS,
    });
    expect(envOf({ host: { Foo: "1" }, overrides: { FOO: "2" } })).toMatchObject({ Foo: "1", FOO: "2" });
  });
});
