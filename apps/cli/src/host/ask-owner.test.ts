import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exists, INVOKE_MS, ownerScene } from "./ask-owner.test.support.ts";
import { PROMPT_LIMITS } from "./prompt-broker.ts";

const DENIED = { ok: false, code: "SYSTEM_RUN_DENIED" };

describe("a run that asks, with a watcher at the node", () => {
  it("is answered at once while nobody watches", async () => {
    const { run } = await ownerScene();
    expect(await run(["id"]).answer).toMatchObject({
      ...DENIED,
      message: expect.stringMatching(
        /^SYSTEM_RUN_DENIED: approval required \(`id` \(`.*\/id`\) is not in/u,
      ) as unknown,
    });
  });

  it("runs once what the owner allowed once; who answered is in the audit before it starts", async () => {
    const { run, watch, audited, context, dir, file } = await ownerScene();
    const watcher = await watch("me");
    const { answer } = run(["touch", file], { env: { FOO: "bar" } });
    const prompt = await watcher.next("prompt");
    expect(prompt).toMatchObject({
      agentId: "main",
      gateway: "ws://gw",
      argv: ["touch", file],
      cwd: dir,
      starts: { executable: expect.stringMatching(/\/touch$/u) as unknown },
      env: { FOO: "bar" },
      why: expect.stringContaining("is not in the allowlist of agent `main`") as unknown,
    });
    expect(prompt.leftMs).toBeLessThanOrEqual(INVOKE_MS - PROMPT_LIMITS.answerRoomMs);
    expect([audited.length, exists(file)]).toEqual([0, false]);
    // The Gateway cannot claim an approval for what was prepared for the owner.
    expect(context.prepared.size).toBe(0);
    watcher.answer(prompt.id, "allow-once");
    expect(await answer).toMatchObject({ ok: true });
    expect(exists(file)).toBe(true);
    expect(await watcher.next("outcome")).toMatchObject({ id: prompt.id, started: true });
    expect(audited).toMatchObject([
      {
        kind: "decision",
        outcome: "allow",
        rule: { kind: "approval", decision: "allow-once", by: "owner" },
        owner: { by: "local-watcher", watcher: "me", answer: "allow-once" },
      },
      { kind: "outcome" },
    ]);
    const again = run(["touch", file]);
    watcher.answer((await watcher.next("prompt")).id, "deny");
    expect(await again.answer).toMatchObject({
      ...DENIED,
      message: "SYSTEM_RUN_DENIED: approval required (the owner at the node denied it)",
    });
    expect(audited.at(-1)).toMatchObject({ kind: "decision", outcome: "ask", owner: { answer: "deny" } });
  });

  it("is allowed for good by the owner, whatever binds the Gateway, with the entry that was shown", async () => {
    const { run, watch, context, file } = await ownerScene({ policyEdits: "off", gatewayApprovals: "off" });
    const watcher = await watch();
    const { answer } = run(["touch", file]);
    const { id, always } = await watcher.next("prompt");
    watcher.answer(id, "allow-always");
    expect(await answer).toMatchObject({ ok: true });
    const { agents } = JSON.parse(readFileSync(context.policy.path, "utf8")) as {
      agents: { main: { allowlist: object[] } };
    };
    expect(agents.main.allowlist).toMatchObject(always?.entries ?? [{ pattern: "none" }]);
    expect(await run(["touch", file]).answer).toMatchObject({ ok: true });
  });

  it.each([
    ["names no agent", { agentId: null }, ["id"], "names no agent"],
    ["is an interpreter's", {}, ["python3", "x.py"], "interpreter"],
  ])("cannot be allowed for good where the command %s", async (_what, more, command, why) => {
    const { run, watch, dir } = await ownerScene();
    writeFileSync(join(dir, "x.py"), "print(1)\n");
    const watcher = await watch();
    const { answer } = run(command, more);
    const { id, whyNotAlways, script } = await watcher.next("prompt");
    expect(whyNotAlways).toContain(why);
    expect(script === null).toBe(command[0] === "id");
    watcher.answer(id, "allow-always");
    expect(await watcher.next("error")).toMatchObject({ id });
    watcher.answer(id, "allow-once");
    expect(await answer).toMatchObject({ ok: true });
  });

  it.each([
    [
      "the policy changed",
      (scene) =>
        writeFileSync(scene.context.policy.path, '{"version":1,"defaults":{"security":"deny"}}', {
          mode: 0o600,
        }),
      /security=deny/u,
    ],
    [
      "the script changed",
      ({ dir }) => writeFileSync(join(dir, "x.py"), "print(2)\n"),
      /changed since the approval/u,
    ],
    [
      "the directory is another one",
      ({ dir }) => {
        renameSync(join(dir, "in"), join(dir, "was"));
        mkdirSync(join(dir, "in"));
      },
      /directory has changed/u,
    ],
  ] satisfies [string, (scene: Awaited<ReturnType<typeof ownerScene>>) => void, RegExp][])(
    "is checked again after the answer: %s",
    async (_what, change, message) => {
      const scene = await ownerScene();
      const { dir, watch, run } = scene;
      mkdirSync(join(dir, "in"));
      writeFileSync(join(dir, "x.py"), "print(1)\n");
      const watcher = await watch();
      const { answer } = run(["python3", join(dir, "x.py")], { cwd: join(dir, "in") });
      const { id } = await watcher.next("prompt");
      change(scene);
      watcher.answer(id, "allow-once");
      expect(await answer).toMatchObject({ ...DENIED, message: expect.stringMatching(message) as unknown });
      expect(await watcher.next("outcome")).toMatchObject({ started: false });
    },
  );

  it("runs only as it was shown, also when the policy allows it in another form by then", async () => {
    const { run, watch, context } = await ownerScene();
    const watcher = await watch();
    const text = "id -u && id -g";
    const { answer } = run(["/bin/sh", "-lc", text], { rawCommand: text });
    const { id, starts } = await watcher.next("prompt");
    expect(starts.argv.at(-1)).toMatch(/^'.*\/id' '-u' && '.*\/id' '-g'$/u);
    const open = { version: 1, defaults: { security: "full", ask: "off" } };
    writeFileSync(context.policy.path, JSON.stringify(open), { mode: 0o600 });
    watcher.answer(id, "allow-once");
    const why = "what would run is no longer what the owner at the node was shown";
    expect(await answer).toMatchObject({
      ...DENIED,
      message: `SYSTEM_RUN_DENIED: approval required (${why})`,
    });
    expect(await watcher.next("outcome")).toMatchObject({ started: false, why });
  });

  it("that nothing can be bound to is refused at once, and the watcher hears why", async () => {
    const { run, watch } = await ownerScene();
    const watcher = await watch();
    const text = "cat > x";
    const command = ["/bin/sh", "-lc", text];
    expect(await run(command, { rawCommand: text }).answer).toMatchObject(DENIED);
    expect(await watcher.next("refused")).toMatchObject({
      command: "/bin/sh -lc 'cat > x'",
      why: expect.stringMatching(
        /redirection.*cannot be approved at the node: approval cannot safely bind/u,
      ) as unknown,
    });
    expect(await run(["id"], { needsScreenRecording: true }).answer).toMatchObject(DENIED);
    expect((await watcher.next("refused")).why).toContain("screen recording");
    expect(await run(["echo", "\u001b".repeat(400_000)]).answer).toMatchObject(DENIED);
    const long = await watcher.next("refused");
    expect([long.commandChars > 1_000_000, long.command.length]).toEqual([true, 2000]);
  });

  it("is shown whole, with whatever is in it", async () => {
    const { run, watch } = await ownerScene();
    const watcher = await watch();
    const hostile = `\u001b[2J\u202e\n${"x".repeat(100_000)}\u0007`;
    const { answer } = run(["echo", hostile]);
    const { id, argv } = await watcher.next("prompt");
    expect(argv).toEqual(["echo", hostile]);
    watcher.answer(id, "allow-once");
    expect(await answer).toMatchObject({ ok: true });
  });
});

describe("the question", () => {
  it("is withdrawn by a cancel, and answered as cancelled", async () => {
    const { run, watch, audited } = await ownerScene();
    const watcher = await watch();
    const { answer, abort } = run(["id"]);
    const { id } = await watcher.next("prompt");
    abort.abort();
    expect(await answer).toMatchObject({ ok: false, code: "UNAVAILABLE" });
    expect(await watcher.next("settled")).toEqual({ event: "settled", id, how: "withdrawn" });
    watcher.answer(id, "allow-once");
    expect(await watcher.next("error")).toMatchObject({ id });
    expect(audited).toMatchObject([{ outcome: "ask", owner: { answer: "withdrawn" } }]);
  });

  it("ends with the invoke's time", async () => {
    const { run, watch } = await ownerScene();
    const watcher = await watch();
    const { answer } = run(["id"], {}, PROMPT_LIMITS.answerRoomMs + 20);
    expect(await watcher.next("settled")).toMatchObject({ how: "expired" });
    expect(await answer).toMatchObject({
      ...DENIED,
      message: "SYSTEM_RUN_DENIED: approval required (nobody at the node answered within 0 s)",
    });
    expect(await run(["id"], {}, PROMPT_LIMITS.answerRoomMs).answer).toMatchObject(DENIED);
  });

  it("ends when the last watcher goes, also one whose lines are not the protocol's", async () => {
    const { run, watch } = await ownerScene();
    const watcher = await watch();
    const { answer } = run(["id"]);
    const { id } = await watcher.next("prompt");
    for (const line of ["", "{", "[]", "null", '"x"', `{"id":5,"decision":"allow-once"}`, `{"id":"${id}"}`]) {
      watcher.line(line);
      expect(await watcher.next("error")).not.toHaveProperty("id");
    }
    watcher.line(`{"id":"${id}","decision":"yes","__proto__":{"decision":"allow-once"}}`);
    expect(await watcher.next("error")).not.toHaveProperty("id");
    watcher.line("x".repeat(70_000));
    expect(await answer).toMatchObject({
      ...DENIED,
      message: "SYSTEM_RUN_DENIED: approval required (whoever watched at the node left without an answer)",
    });
  });

  it("is asked of so many runs at once and no more", async () => {
    const { run, watch } = await ownerScene();
    const watcher = await watch();
    const waiting = Array.from({ length: PROMPT_LIMITS.waiting }, () => run(["id"]));
    for (let count = 0; count < waiting.length; count += 1) await watcher.next("prompt");
    expect(await run(["id"]).answer).toMatchObject({
      ...DENIED,
      message: expect.stringContaining("too many runs wait") as unknown,
    });
    watcher.close();
    for (const { answer } of waiting) expect(await answer).toMatchObject(DENIED);
  });
});
