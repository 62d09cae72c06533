import type { PromptText } from "./watch-protocol.ts";

/** A prompt as a host would make it. */
export function promptText(more: Partial<PromptText> = {}): PromptText {
  return {
    runId: "r-1",
    agentId: "main",
    sessionKey: "agent:main:main",
    gateway: "ws://127.0.0.1:18789",
    argv: ["git", "push"],
    cwd: "/srv/app",
    starts: { executable: "/usr/bin/git", argv: ["git", "push"] },
    programs: [{ name: "git", path: "/usr/bin/git" }],
    script: null,
    env: {},
    why: "`git` is not in the allowlist of agent `main`",
    always: {
      agent: "main",
      entries: [
        { pattern: "/usr/bin/git", argPattern: "sha256:cwd-argv:v1:00" },
        { pattern: "=node-command:0011" },
      ],
    },
    whyNotAlways: null,
    ...more,
  };
}
