import type { CommandOutcome, ServiceSystem } from "@openclaw/service-installer";
import { describe, expect, it } from "vitest";
import { chooseRuntime, type RuntimeQuestion } from "./choose-runtime.ts";

/** A machine on which only these programs are, each with what it says to `--version`. */
function systemWith(
  programs: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = "linux",
  env: Readonly<Record<string, string>> = { PATH: "/usr/bin:relative:/home/ann/bin" },
): ServiceSystem {
  const run = async ([path]: readonly [string, ...string[]]): Promise<CommandOutcome> =>
    Object.hasOwn(programs, path)
      ? { kind: "exited", code: 0, stdout: `${programs[path] ?? ""}\n`, stderr: "" }
      : { kind: "missing" };
  const factsOf = (path: string): object | undefined =>
    Object.hasOwn(programs, path) ? { kind: "file", mode: 0o755, uid: 0 } : undefined;
  return { platform, env, run, factsOf } as unknown as ServiceSystem;
}

const NODE: RuntimeQuestion = {
  kind: undefined,
  path: undefined,
  program: { entry: "/e.js", execPath: "/home/ann/.nvm/node", runtime: "node", version: "24.0.0" },
  home: "/home/ann",
};
const BUN: RuntimeQuestion = {
  ...NODE,
  program: { entry: "/e.js", execPath: "/home/ann/.bun/bin/bun", runtime: "bun", version: "1.4.5" },
};

describe("chooseRuntime", () => {
  it.each<[RuntimeQuestion, ServiceSystem, object]>([
    [NODE, systemWith({ "/usr/bin/node": "v20.19.0" }), { path: "/usr/bin/node", kind: "node" }],
    [
      NODE,
      systemWith({ "/usr/local/bin/node": "v24.1.0", "/usr/bin/node": "v22.0.0" }),
      { path: "/usr/local/bin/node", kind: "node" },
    ],
    [
      NODE,
      systemWith({ "/opt/homebrew/bin/node": "v24.1.0", "/usr/local/bin/node": "v24.1.0" }, "darwin"),
      { path: "/opt/homebrew/bin/node", kind: "node" },
    ],
    [
      NODE,
      systemWith({ "D:\\P\\nodejs\\node.exe": "v22.1.0" }, "win32", { ProgramFiles: "D:\\P" }),
      { path: "D:\\P\\nodejs\\node.exe", kind: "node" },
    ],
    [NODE, systemWith({}), { path: "/home/ann/.nvm/node", kind: "node" }],
    [
      NODE,
      systemWith({ "/usr/bin/node": "v20.18.9" }),
      {
        path: "/home/ann/.nvm/node",
        kind: "node",
        warning: expect.stringContaining("20.18.9 at /usr/bin/node"),
      },
    ],
    // Another program of that name.
    [NODE, systemWith({ "/usr/bin/node": "LinuxNode 0.3" }), { path: "/home/ann/.nvm/node", kind: "node" }],
    [BUN, systemWith({ "/home/ann/bin/node": "v24.0.0" }), { path: "/home/ann/bin/node", kind: "node" }],
    [{ ...BUN, kind: "bun" }, systemWith({}), { path: "/home/ann/.bun/bin/bun", kind: "bun" }],
    [
      { ...NODE, kind: "bun" },
      systemWith({ "/home/ann/bin/bun": "1.4.5" }),
      { path: "/home/ann/bin/bun", kind: "bun" },
    ],
    [
      { ...NODE, kind: "bun" },
      systemWith({ "/home/ann/.bun/bin/bun": "1.4.5" }),
      { path: "/home/ann/.bun/bin/bun", kind: "bun" },
    ],
    [{ ...NODE, path: "/x/bun" }, systemWith({ "/x/bun": "1.4.5" }), { path: "/x/bun", kind: "bun" }],
    [
      { ...NODE, path: "/x/n" },
      systemWith({ "/x/n": "v22.1.1-nightly2025" }),
      { path: "/x/n", kind: "node" },
    ],
  ])("case %#", async (question, system, chosen) => {
    expect(await chooseRuntime(question, system)).toEqual(chosen);
  });

  it.each<[RuntimeQuestion, ServiceSystem, RegExp]>([
    [{ ...NODE, kind: "bun" }, systemWith({}), /bun was not found/u],
    [BUN, systemWith({}), /no Node 20\.19 or newer/u],
    [{ ...NODE, path: "/x/n" }, systemWith({}), /not a Node or Bun program/u],
    [{ ...NODE, path: "/x/n" }, systemWith({ "/x/n": "hello" }), /not a Node or Bun program/u],
    [{ ...NODE, path: "/x/n" }, systemWith({ "/x/n": "v18.1.1" }), /Node 18\.1\.1/u],
    [{ ...NODE, kind: "bun", path: "/x/n" }, systemWith({ "/x/n": "v24.1.1" }), /contradict/u],
  ])("refuses case %#", async (question, system, text) => {
    await expect(chooseRuntime(question, system)).rejects.toThrow(text);
  });
});
