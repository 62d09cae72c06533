import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, stateDir } from "./bad-input/host.ts";
import { runCli } from "./scenarios/node-process.ts";

const SECRET = "hush-0123456789";
const ADVICE = /no query and no fragment; use OPENCLAW_GATEWAY_TOKEN, or --header/u;
const saved = (gateway: object): Record<string, string> => ({
  "node.json": JSON.stringify({ version: 1, nodeId: "n", gateway }),
});
const remote = (url: string): Record<string, string> => ({
  "openclaw.json": JSON.stringify({ gateway: { mode: "remote", remote: { url } } }),
});

/** What the files of a state directory hold, besides those that were there before. */
function written(dir: string, but: Readonly<Record<string, string>>): string {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => !Object.hasOwn(but, name) && statSync(join(dir, name)).isFile());
  return files.map((name) => readFileSync(join(dir, name), "utf8")).join("\n");
}

interface Way {
  readonly args: readonly string[];
  readonly files?: Record<string, string>;
  readonly env?: Readonly<Record<string, string>>;
}

const REFUSED: readonly (readonly [where: string, way: Way])[] = [
  ["a query of --url", { args: ["nodes", "list", "--url", `ws://127.0.0.1:1/?token=${SECRET}`] }],
  ["a fragment of --url", { args: ["devices", "list", "--url", `ws://127.0.0.1:1/#token=${SECRET}`] }],
  [
    "OPENCLAW_GATEWAY_URL",
    {
      args: ["approvals", "get", "--gateway"],
      env: { OPENCLAW_GATEWAY_URL: `ws://127.0.0.1:1?x=${SECRET}` },
    },
  ],
  ["openclaw.json", { args: ["nodes", "list"], files: remote(`ws://127.0.0.1:1/?auth=${SECRET}`) }],
  ["--context-path", { args: ["node", "run", "--context-path", `/x?token=${SECRET}`] }],
  ["--context-path of doctor", { args: ["node", "doctor", "--context-path", `/x#${SECRET}`] }],
  ["--context-path of install", { args: ["node", "install", "--context-path", `/x?token=${SECRET}`] }],
  ["--context-path of tls show", { args: ["node", "tls", "show", "--context-path", `/x?token=${SECRET}`] }],
  ["--host", { args: ["node", "run", "--host", `ws://127.0.0.1/?token=${SECRET}`] }],
  [
    "node.json",
    {
      args: ["node", "run"],
      files: saved({ host: "127.0.0.1", port: 1, contextPath: `/x?token=${SECRET}` }),
    },
  ],
  [
    "node.json, for status",
    {
      args: ["node", "status"],
      files: saved({ host: "127.0.0.1", port: 1, contextPath: `/x?token=${SECRET}` }),
    },
  ],
];

/** Status tells what it knows, doctor what it found, and service actions end with 1; whoever needs the address, with 78. */
const EXITS: Readonly<Record<string, number>> = { status: 0, doctor: 1, install: 1 };

describe("a secret in an address", () => {
  it.each(REFUSED)("in %s is refused with advice and shown nowhere", async (_where, way) => {
    const dir = stateDir(way.files);
    const { code, stdout, stderr } = await runCli([...way.args], {
      stateDir: dir,
      ...(way.env === undefined ? {} : { env: way.env }),
    });
    const all = `${stdout}${stderr}`;
    expect(all.replaceAll(/\s+/gu, " ")).toMatch(ADVICE);
    expect(all).not.toContain(SECRET);
    expect(written(dir, way.files ?? {})).not.toContain(SECRET);
    expectReadable(all);
    expect(code).toBe(EXITS[way.args[1] ?? ""] ?? 78);
  });
});
