import { describe, expect, it } from "vitest";
import { decideOptions, judgeOptions, tellUnknownSafeBins } from "./judge-options.ts";

const OWNER = { node: {}, exec: {} };

describe("what the owner set", () => {
  it("is open to the Gateway's operator where nothing is said, and to nothing else", () => {
    expect(decideOptions(OWNER)).toEqual({
      safeBins: undefined,
      skillBins: undefined,
      strictInlineEval: false,
      alwaysGrants: true,
      prepared: undefined,
      legacyApprovals: false,
      gatewayApprovals: true,
    });
  });

  it.each([
    ["free", true],
    ["narrow", false],
    ["off", false],
  ] as const)('policy edits %s: an operator\'s "allow always" counts: %s', (policyEdits, counts) => {
    expect(judgeOptions({ ...OWNER, node: { policyEdits } }).alwaysGrants).toBe(counts);
  });

  it("approvals without a plan count only over the oldest protocol, while no plan was ever made", () => {
    const node = { legacyApprovals: true };
    const legacy = (protocol: number, prepareSeen: boolean): unknown =>
      decideOptions({ node, exec: {} }, { connection: { protocol, prepareSeen } }).legacyApprovals;
    expect([legacy(3, false), legacy(3, true), legacy(4, false)]).toEqual([true, false, false]);
    expect(decideOptions({ node, exec: {} }).legacyApprovals).toBe(false);
    expect(decideOptions(OWNER, { connection: { protocol: 3, prepareSeen: false } }).legacyApprovals).toBe(
      false,
    );
  });

  it("says which safe bins have no effect", () => {
    const lines: string[] = [];
    const log = { warn: (line: string) => void lines.push(line) };
    tellUnknownSafeBins({ safeBins: ["wc", "sort", "grep"] }, log);
    tellUnknownSafeBins({ safeBins: ["wc"] }, log);
    tellUnknownSafeBins({}, log);
    expect(lines).toEqual([
      expect.stringMatching(/^tools\.exec\.safeBins names `sort`, `grep`, but only cut, /u),
    ]);
  });
});
