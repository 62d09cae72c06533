import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommandSpec } from "../command.ts";
import { fastParse } from "../fast-parse.ts";
import { planNodeFile } from "../host/node-settings.ts";
import { inputOf, scratchDir } from "../host/scratch.test.support.ts";
import { NODE_OPTIONS } from "../option-sets.ts";
import { statePathsFor } from "../state.ts";
import { nodeRunWords } from "./node-run-words.ts";

const SPEC: CommandSpec = {
  path: ["node", "run"],
  summary: "",
  options: NODE_OPTIONS,
  load: async () => await Promise.reject(new Error("not here")),
};
const PIN = Array.from({ length: 32 }, () => "ab").join(":");

function words(
  options: Readonly<Record<string, unknown>>,
  saved?: object,
  foreign = false,
): readonly string[] {
  const env = { HOME: scratchDir() };
  const paths = statePathsFor(inputOf(), { env });
  if (saved !== undefined) {
    mkdirSync(dirname(paths.nodeFile), { recursive: true, mode: 0o700 });
    writeFileSync(paths.nodeFile, JSON.stringify({ version: 1, nodeId: "n", ...saved }), { mode: 0o600 });
  }
  return nodeRunWords(inputOf(options), paths, env, foreign).words.slice(2);
}

describe("nodeRunWords", () => {
  const gateway = { host: "gw.example", port: 443, tls: true, tlsFingerprint: PIN, contextPath: "/oc" };

  it.each([
    [{}, undefined, "--host 127.0.0.1 --port 18789 --no-tls"],
    [
      { commands: ["system.which", "system.run"] },
      undefined,
      "--host 127.0.0.1 --port 18789 --no-tls --commands system.which,system.run",
    ],
    [
      { listen: " 127.0.0.1:9478 " },
      undefined,
      "--host 127.0.0.1 --port 18789 --no-tls --listen 127.0.0.1:9478",
    ],
    [{ "all-commands": true }, undefined, "--host 127.0.0.1 --port 18789 --no-tls --all-commands"],
    [{}, { commands: ["system.which"] }, "--host 127.0.0.1 --port 18789 --no-tls"],
    [{ port: "19598", tls: true }, undefined, "--host 127.0.0.1 --port 19598 --tls"],
    [{}, { gateway }, `--host gw.example --port 443 --tls --tls-fingerprint ${PIN} --context-path /oc`],
    [
      { "context-path": "/" },
      { gateway: { ...gateway, tlsFingerprint: undefined } },
      "--host gw.example --port 443 --tls --context-path /",
    ],
    [
      { host: "127.0.0.1", port: "1", "no-tls": true },
      { gateway },
      "--host 127.0.0.1 --port 1 --no-tls --context-path /oc",
    ],
  ])("%j over %j", (options, saved, line) => {
    expect(words(options, saved).join(" ").toLowerCase()).toBe(line.toLowerCase());
  });

  it("mean the same to `node run` as the options did, whatever a name looks like", () => {
    const name = fc
      .string({ minLength: 1, maxLength: 40 })
      .filter((text) => text.trim() !== "" && !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(
        fc.record(
          {
            host: fc.constantFrom("127.0.0.1", "::1", "localhost", "10.0.0.7"),
            port: fc.integer({ min: 1, max: 65_535 }).map(String),
            tls: fc.constant(true),
            "context-path": fc.constantFrom("/", "/a", "/a/b-c", "b"),
            "node-id": name,
            "display-name": name,
          },
          { requiredKeys: [] },
        ),
        (options) => {
          const line = ["node", "run", ...words(options)];
          const parsed = fastParse(SPEC, line);
          if (parsed === undefined) throw new Error(`not plain: ${JSON.stringify(line)}`);
          const absent = join(scratchDir(), "node.json");
          const { port, ...rest } = options;
          const meant = planNodeFile(
            absent,
            inputOf(port === undefined ? rest : { ...rest, port: Number(port) }),
            {},
          );
          const got = planNodeFile(absent, parsed, {});
          expect(got.endpoint).toEqual(meant.endpoint);
          expect(got.node.displayName).toBe(meant.node.displayName);
          if (options["node-id"] !== undefined) expect(got.node.nodeId).toBe(options["node-id"].trim());
        },
      ),
      { numRuns: 60 },
    );
  });
});
