import { describe, expect, it } from "vitest";
import { dispatchInvoke } from "./dispatch.ts";
import { hostScene } from "./host-scene.test.support.ts";
import { parseNodeFile, type NodeFile } from "./node-file.ts";
import { withChosenShell } from "./run-shell.ts";

const asked = (...command: string[]) => ({ command, rawCommand: command.at(-1) });
const BASH = { program: "/bin/bash", login: false };

describe("the owner's shell", () => {
  it.each(["sh", "/bin/sh", "/usr/bin/sh", "/bin/bash"])("takes the place of %s", (shell) => {
    for (const option of ["-c", "-lc"])
      expect(withChosenShell(asked(shell, option, "echo $0"), BASH, "linux")).toEqual({
        command: ["/bin/bash", "-c", "echo $0"],
        rawCommand: "echo $0",
      });
  });

  it("makes a login shell or none, and otherwise what was asked for", () => {
    const request = asked("/bin/sh", "-lc", "x");
    expect(withChosenShell(request, { login: false }, "linux").command).toEqual(["/bin/sh", "-c", "x"]);
    expect(withChosenShell(asked("/bin/sh", "-c", "x"), { login: true }, "linux").command[1]).toBe("-lc");
    expect(withChosenShell(request, { program: "/bin/dash" }, "linux").command[1]).toBe("-lc");
  });

  it("keeps the text of the whole command true", () => {
    const request = { command: ["/bin/sh", "-lc", "a b"], rawCommand: '/bin/sh -lc "a b"' };
    expect(withChosenShell(request, BASH, "linux").rawCommand).toBe('/bin/bash -c "a b"');
    // Whatever else it says is for the decision to refuse.
    expect(withChosenShell({ ...request, rawCommand: "other" }, BASH, "linux").rawCommand).toBe("other");
  });

  it.each([
    [["/bin/zsh", "-c", "x"]],
    [["/bin/sh", "-c", "x", "y"]],
    [["/bin/sh", "-x", "-c", "x"]],
    [["/bin/sh", "-c"]],
    [["env", "sh", "-c", "x"]],
    [[]],
  ])("leaves %j alone", (command) => {
    const request = asked(...command);
    expect(withChosenShell(request, BASH, "linux")).toBe(request);
    expect(withChosenShell(asked("sh", "-c", "x"), BASH, "win32").command[0]).toBe("sh");
    expect(withChosenShell({ ...asked("sh", "-c", "x"), systemRunPlan: {} }, BASH, "linux").command[0]).toBe(
      "sh",
    );
  });

  async function invoke(command: string, params: object, shell: NodeFile["shell"]) {
    const scene = hostScene();
    const node = { ...scene.context.node, shell };
    const call = {
      id: "i",
      signal: new AbortController().signal,
      protocol: 4,
      prepareSeen: true,
      maxPayloadBytes: 400_000,
      sendEvent: () => undefined,
    };
    const request = { id: "i", nodeId: "d", command, paramsJSON: JSON.stringify(params) };
    const answer = await dispatchInvoke(request, call, { ...scene.context, node });
    return { payload: answer.ok ? answer.payload : answer, audited: scene.audited };
  }

  it("is what runs, and what the audit names", async () => {
    const { payload, audited } = await invoke(
      "system.run",
      asked("/bin/sh", "-lc", "echo $0; shopt login_shell"),
      BASH,
    );
    expect(payload).toMatchObject({
      stdout: expect.stringMatching(/^\/bin\/bash\nlogin_shell\s+off/u) as unknown,
    });
    expect(audited[0]).toMatchObject({ argv: ["/bin/bash", "-c", "echo $0; shopt login_shell"] });
  });

  it("is what is prepared", async () => {
    const { payload } = await invoke("system.run.prepare", asked("/bin/sh", "-lc", "true"), BASH);
    expect(payload).toMatchObject({ plan: { argv: ["/bin/bash", "-c", "true"] } });
  });

  it.each([{ program: "bash" }, { program: "/usr/bin/python3" }, { login: "yes" }, { shell: "/bin/sh" }])(
    "cannot be %j",
    (shell) => {
      const text = JSON.stringify({ version: 1, nodeId: "n", shell });
      expect(() => parseNodeFile(text, "node.json")).toThrow(/`node.json` is not valid at `shell/u);
    },
  );
});
