import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CliError } from "../errors.ts";
import { parseNodeFile, readNodeFile, updateNodeFile } from "./node-file.ts";
import { scratchDir } from "./scratch.test.support.ts";

const parse = (value: unknown): unknown => parseNodeFile(JSON.stringify(value), "/s/node.json");

describe("parseNodeFile", () => {
  it("reads what the releases of February 2026 wrote, and keeps what it does not know", () => {
    const value = {
      version: 1,
      nodeId: "n-1",
      token: null,
      displayName: "lab",
      gateway: { host: "gw", port: 18_789, tls: null, tlsFingerprint: null, weight: 3 },
      later: { than: ["us"] },
    };
    expect(parse(value)).toMatchObject({
      nodeId: "n-1",
      displayName: "lab",
      gateway: { host: "gw", port: 18_789, tls: false, weight: 3 },
      later: { than: ["us"] },
    });
  });

  it("reads a file that an editor of Windows saved", () => {
    expect(parseNodeFile(`\uFEFF${JSON.stringify({ version: 1, nodeId: "a" })}`, "x").nodeId).toBe("a");
  });

  it.each([
    [[], "expected object"],
    [{ version: 2, nodeId: "a" }, "at `version`: invalid input: expected 1"],
    [{ version: 1 }, "at `nodeId`"],
    [{ version: 1, nodeId: "" }, "at `nodeId`: too small"],
    [{ version: 1, nodeId: "a", gateway: { host: "x", port: 0 } }, "at `gateway.port`: too small"],
    [{ version: 1, nodeId: "a", gateway: { host: "x", port: 1, tls: "yes" } }, "at `gateway.tls`"],
    [
      { version: 1, nodeId: "a", policyEdits: "never" },
      'at `policyEdits`: invalid option: expected one of "free"',
    ],
    [{ version: 1, nodeId: "a", gatewayApprovals: true }, "at `gatewayApprovals`"],
    [{ version: 1, nodeId: "a", legacyApprovals: 1 }, "at `legacyApprovals`"],
    [
      { version: 1, nodeId: "a", auditFailure: "ignore" },
      'at `auditFailure`: invalid option: expected one of "refuse"|"warn"',
    ],
  ])("refuses %j and names the place", (value, text) => {
    expect(() => parse(value)).toThrow(text);
    expect(() => parse(value)).toThrow(CliError);
  });

  it("never shows a value of the file", () => {
    expect(() => parse({ version: 1, nodeId: "a", gatewayApprovals: "s3cret-value" })).not.toThrow(
      "s3cret-value",
    );
    expect(() => parseNodeFile('{"version":1,"token":"s3cret-value"', "x")).not.toThrow("s3cret-value");
  });

  it("answers anything with a value or an error of ours", () => {
    const outcome = (text: string): unknown => {
      try {
        return parseNodeFile(text, "x").version;
      } catch (error) {
        return Reflect.get(error as Error, "code");
      }
    };
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect([1, "bad-node-file", "bad-json"]).toContain(outcome(text));
      }),
    );
  });
});

describe("updateNodeFile", () => {
  it("makes the file, for its owner only", async () => {
    const path = join(scratchDir(), "node.json");
    const made = await updateNodeFile(path, (before) => before);
    expect(made.nodeId).toMatch(/^[0-9a-f-]{36}$/u);
    expect(readNodeFile(path)).toEqual(made);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps what it does not know, at both levels", async () => {
    const path = join(scratchDir(), "node.json");
    const before = { version: 1, nodeId: "a", gateway: { host: "gw", port: 1, x: [1] }, y: { z: null } };
    writeFileSync(path, JSON.stringify(before), { mode: 0o600 });
    await updateNodeFile(path, (node) => ({ ...node, displayName: "lab" }));
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      ...before,
      gateway: { ...before.gateway, tls: false },
      displayName: "lab",
    });
  });

  it("does not write what is there already", async () => {
    const path = join(scratchDir(), "node.json");
    await updateNodeFile(path, (node) => ({ ...node, nodeId: "a" }));
    const { ino } = statSync(path);
    await updateNodeFile(path, (node) => ({ ...node, nodeId: "a" }));
    expect(statSync(path).ino).toBe(ino);
  });

  it("leaves a file alone that it cannot read, and one whose change was refused", async () => {
    const path = join(scratchDir(), "node.json");
    writeFileSync(path, "{ not JSON", { mode: 0o600 });
    await expect(updateNodeFile(path, (node) => node)).rejects.toThrow("line 1, column 3");
    expect(readFileSync(path, "utf8")).toBe("{ not JSON");
    writeFileSync(path, '{"version":1,"nodeId":"a"}', { mode: 0o600 });
    const refuse = (): never => {
      throw new Error("no");
    };
    await expect(updateNodeFile(path, refuse)).rejects.toThrow("no");
    expect(readFileSync(path, "utf8")).toBe('{"version":1,"nodeId":"a"}');
  });
});
