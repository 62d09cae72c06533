import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "./decision.ts";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

let scene: Scene;
let listed: ReturnType<typeof policyOf>;
beforeAll(() => {
  scene = makeScene();
  for (const name of ["git", "ls", "grep", "node", "rustup", "mawk", "python3.11"])
    scene.program(`bin/${name}`);
  scene.link("rustup", "bin/cargo");
  scene.link("mawk", "bin/awk");
  scene.link("python3.11", "bin/python3");
  scene.link("../elsewhere/xz", "bin/unxz");
  scene.program("elsewhere/xz");
  const carriers = "sudo xargs find flock ssh busybox npx npm strace setsid";
  for (const name of carriers.split(" ")) scene.program(`carriers/${name}`);
  listed = policyOf([`${scene.bin}/*`]);
});
afterAll(() => {
  scene.remove();
});

const outcomeOf = (decision: Decision): string =>
  decision.outcome === "invalid" ? decision.message : `${decision.outcome} ${decision.reason}`;
const causeOf = (decision: Decision): unknown =>
  decision.view?.segments.find((segment) => !segment.covered)?.cause?.kind;

describe("everyday commands with a sensible allowlist run", () => {
  test.each([
    "git status",
    "git log --oneline -n 5 HEAD~3",
    "ls -la /tmp",
    "git diff | grep -v '^index' | grep +",
    "git add . && git commit -m 'it''s done; really && truly' || ls",
    'git commit -m "größer: naïve 日本語 🎉"',
    "cd /tmp && ls -l",
    "[ -f x ] && ls x; true",
    `node script.js --flag=a,b --url http://x.y/z@1:2`,
    `ls ${"a ".repeat(2000)}`,
    "cargo build && cargo test",
    "awk 1 && python3 x.py",
  ])("%s", (text) => {
    expect(outcomeOf(scene.decide(scene.text(text), listed))).toBe("allow listed");
  });

  test("and so do plain argvs", () => {
    for (const argv of [
      ["git", "status"],
      ["ls", "a b", "", "$HOME", "*.c"],
      ["nice", "-n", "5", "git", "gc"],
    ]) {
      expect(outcomeOf(scene.decide(scene.request(argv), listed))).toBe("allow listed");
    }
  });
});

describe("what is not understood asks", () => {
  test.each([
    "git log > f",
    "git log $(id)",
    "git log; echo $HOME",
    "export PATH=.",
    "eval git",
    "cd /tmp; ls",
    "ls && cd /tmp && ls",
    "cd nowhere-at-all && ls",
    "sh -c 'ls; sh -c \"sh -c ls\"'",
  ])("%s", (text) => {
    const decision = scene.decide(scene.text(text), listed);
    expect(outcomeOf(decision)).toBe("ask not-analyzable");
    expect(decision.view?.notAnalyzable?.construct).toBeTruthy();
  });

  test.each([
    [["/bin/sh", "-lc", "ls"], "login shell"],
    [["bash", "-lc", "ls"], "login shell"],
    [["bash", "-ic", "ls"], "shell option `-ic`"],
    [["sh", "-c", "ls", "x"], "positional parameters"],
    [["sh"], "shell that reads its input"],
    [["sh", "-s"], "shell option `-s`"],
  ])("%j: %s", (argv, construct) => {
    const decision = scene.decide(scene.request(argv), policyOf(["*"]));
    expect(outcomeOf(decision)).toBe("ask not-analyzable");
    expect(decision.view?.notAnalyzable).toEqual({ construct, offset: 0 });
  });

  test.each(["BASH_ENV", "ENV", "SHELLOPTS", "BASH_FUNC_ls%%"])("a shell that starts with %s", (name) => {
    const request = scene.text("ls && ls");
    const decision = scene.decide({ ...request, env: { ...request.env, [name]: "x" } }, listed);
    expect(decision.view?.notAnalyzable?.construct).toBe(`shell start-up variable \`${name}\``);
    const alone = scene.text("ls");
    expect(scene.decide({ ...alone, env: { [name]: "x" } }, listed).outcome).toBe("allow");
  });
});

describe("programs that start programs are never covered by their path", () => {
  test.each([
    ["sudo", "ls"],
    ["xargs", "ls"],
    ["find", ".", "-exec", "ls", ";"],
    ["find", ".", "-okdir", "ls", ";"],
    ["env", "A=1", "ls"],
    ["env", "-i", "ls"],
    ["env", "-S", "ls"],
    ["flock", "x", "ls"],
    ["ssh", "host"],
    ["busybox", "sh", "-c", "ls"],
    ["npx", "x"],
    ["npm", "exec", "x"],
    ["strace", "ls"],
    ["setsid", "ls"],
    ["nice", "--weird", "ls"],
    ["timeout", "5"],
    ["timeout", "-k", "ls"],
    ["nice", "sudo", "ls"],
    ["/lib64/ld-linux-x86-64.so.2", "/bin/ls"],
    ["nice", "nice", "nice", "nice", "nice", "ls"],
  ])("%s %s", (...argv) => {
    const pathEnv = `${scene.bin}:${scene.root}/carriers:/usr/bin:/bin`;
    const decision = scene.decide(scene.request(argv), policyOf(["*"]), {}, { ...scene.facts, pathEnv });
    expect(decision.outcome).toBe("ask");
    expect(causeOf(decision)).toMatch(/carrier|not-analyzable/u);
  });

  test("nor under another name", () => {
    scene.program("other/sudo");
    const link = scene.link("../other/sudo", "bin/innocent");
    const decision = scene.decide(scene.request([link, "ls"]), policyOf(["*"]));
    expect(causeOf(decision)).toBe("carrier");
    scene.program("evil/timeout", "#!/bin/sh\n");
    const planted = scene.decide(scene.request([`${scene.root}/evil/timeout`, "5", "ls"]), listed);
    expect(causeOf(planted)).toBe("untrusted-runner");
    scene.link("/usr/bin/env", "evil/nice");
    const renamed = scene.decide(scene.request([`${scene.root}/evil/nice`, "ls"]), listed);
    expect(causeOf(renamed)).toBe("carrier");
  });
});

describe("which file", () => {
  test("a shell or its link in a place that anyone may write is not trusted with a chain", () => {
    scene.program("evil/sh");
    const shell = `${scene.root}/evil/sh`;
    expect(causeOf(scene.decide(scene.request([shell, "-c", "ls && ls"]), listed))).toBe("untrusted-runner");
    // One program alone needs no shell.
    expect(scene.decide(scene.request([shell, "-c", "ls"]), listed).outcome).toBe("allow");
  });

  test("a file in the working directory is not what a bare name means", () => {
    scene.program("work/tool");
    const facts = { ...scene.facts, pathEnv: ":/usr/bin" };
    const ask = (pattern: string): Decision =>
      scene.decide(scene.request(["tool"]), policyOf([pattern]), {}, facts);
    expect(causeOf(ask("tool"))).toBe("no-entry");
    expect(ask(`${scene.cwd}/tool`).outcome).toBe("allow");
  });

  test("a link that changes its name is not lost in a chain", () => {
    expect(outcomeOf(scene.decide(scene.text("unxz f"), policyOf([`${scene.root}/**`])))).toBe(
      "allow listed",
    );
    const chained = scene.decide(scene.text("unxz f && ls"), policyOf([`${scene.root}/**`]));
    expect(causeOf(chained)).toBe("renamed-link");
  });

  test("a tilde in shell text stays what it is", () => {
    scene.program("tool");
    const policy = policyOf([`${scene.root}/tool`]);
    expect(scene.decide(scene.request(["~/tool"]), policy).outcome).toBe("allow");
    expect(causeOf(scene.decide(scene.text("'~/tool'"), policy))).toBe("unresolved");
  });
});

test.each(["a\0", "\0"])("an environment with %j cannot be passed on", (text) => {
  for (const env of [{ [text]: "x" }, { X: text }]) {
    const decision = scene.decide(scene.request(["ls"], { env }), listed);
    expect(decision).toMatchObject({ outcome: "invalid", reason: "malformed-request" });
  }
});
