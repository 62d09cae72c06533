import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseNode, normalizeName, type NamedNode } from "./node-choice.ts";

const id = (digit: string): string => digit.repeat(64);
const PI: NamedNode = {
  nodeId: id("a"),
  displayName: "Kitchen Pi",
  remoteIp: "203.0.113.7",
  connected: false,
};
const MAC: NamedNode = { nodeId: `b1${id("b").slice(2)}`, displayName: "Büro Mac", connected: true };
const NODES = [PI, MAC];

const found = (node: NamedNode): object => ({ kind: "found", node });

describe("chooseNode", () => {
  test.each([
    ["the id", PI.nodeId, PI],
    ["the address", "203.0.113.7", PI],
    ["the name", "Kitchen Pi", PI],
    ["the name, spelled otherwise", " kitchen--pi! ", PI],
    ["a name with other letters", "BÜRO MAC", MAC],
    ["a name with combining marks", "Büro-mac".normalize("NFD"), MAC],
    ["the beginning of the id", "aaaaaa", PI],
  ])("by %s", (_what, query, node) => {
    expect(chooseNode(NODES, query)).toEqual(found(node));
  });

  test.each([["aaaaa"], ["Kitchen"], ["203.0.113"], ["---"], ["b1bbb "]])("not by %s", (query) => {
    expect(chooseNode(NODES, query)).toEqual({ kind: "unknown" });
  });

  test("an empty query is no question", () => {
    expect(chooseNode(NODES, "  ")).toEqual({ kind: "empty" });
  });

  test("the strongest kind of match wins", () => {
    const imposter: NamedNode = { nodeId: id("c"), displayName: PI.nodeId, connected: true };
    expect(chooseNode([imposter, PI], PI.nodeId)).toEqual(found(PI));
    const named: NamedNode = { nodeId: id("d"), displayName: "aaaaaa" };
    expect(chooseNode([PI, named], "aaaaaa")).toEqual(found(named));
  });

  test("of two with one name the connected one, else neither", () => {
    const twin: NamedNode = { nodeId: id("e"), displayName: "kitchen-pi", connected: true };
    expect(chooseNode([PI, twin], "kitchen pi")).toEqual(found(twin));
    const offline = { ...twin, connected: false };
    expect(chooseNode([PI, offline], "kitchen pi")).toEqual({ kind: "ambiguous", matches: [PI, offline] });
    const both = { ...PI, connected: true };
    expect(chooseNode([both, twin], "kitchen pi")).toEqual({ kind: "ambiguous", matches: [both, twin] });
  });
});

const name = fc.string({ unit: fc.constantFrom("a", "B", "é", "ß", "端", "7", " ", "-", "_", "\u001b") });
const node: fc.Arbitrary<NamedNode> = fc.record(
  {
    nodeId: fc.string({ unit: fc.constantFrom("a", "b"), minLength: 8, maxLength: 12 }),
    displayName: name,
    remoteIp: fc.constantFrom("10.0.0.1", "10.0.0.2"),
    connected: fc.boolean(),
  },
  { requiredKeys: ["nodeId"] },
);
const nodes = fc.uniqueArray(node, { selector: ({ nodeId }) => nodeId, maxLength: 6 });

describe("chooseNode, for any list", () => {
  test("a whole id names its node, whatever the others call themselves", () => {
    fc.assert(
      fc.property(nodes, (list) => {
        for (const one of list) expect(chooseNode(list, one.nodeId)).toEqual(found(one));
      }),
    );
  });

  test("what is found has something to do with the question", () => {
    fc.assert(
      fc.property(
        nodes,
        fc.oneof(name, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 })),
        (list, query) => {
          const choice = chooseNode(list, query);
          if (choice.kind !== "found") return;
          const { node: one } = choice;
          const asked = query.trim();
          const byName =
            normalizeName(asked) !== "" && normalizeName(one.displayName ?? "") === normalizeName(asked);
          const byId = asked.length >= 6 && one.nodeId.startsWith(asked);
          expect(byName || byId || one.remoteIp === asked).toBe(true);
        },
      ),
    );
  });

  test("the order of the list does not matter", () => {
    fc.assert(
      fc.property(nodes, name, (list, query) => {
        const one = chooseNode(list, query);
        const other = chooseNode(list.toReversed(), query);
        expect(other.kind).toBe(one.kind);
        expect("node" in other ? other.node : undefined).toEqual("node" in one ? one.node : undefined);
      }),
    );
  });
});

test("normalizing twice changes nothing more", () => {
  fc.assert(fc.property(name, (text) => normalizeName(normalizeName(text)) === normalizeName(text)));
});
