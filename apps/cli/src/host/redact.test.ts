import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentForRuns, redactor, redactValue } from "./redact.ts";

const secret = fc.string({ unit: "binary", minLength: 6, maxLength: 20 });

describe("redactor", () => {
  it("takes out every secret, also one that is part of another", () => {
    const redact = redactor(new Set(["abcdef", "abcdefghi"]));
    expect(redact("x abcdefghi y abcdef z")).toBe("x [redacted] y [redacted] z");
  });

  it("knows secrets that are learned later, and leaves words alone that are too short to hide", () => {
    const secrets = new Set(["node"]);
    const redact = redactor(secrets);
    expect(redact("node s3cret-1")).toBe("node s3cret-1");
    secrets.add("s3cret-1");
    expect(redact("node s3cret-1")).toBe("node [redacted]");
  });

  it("finds them at any depth of a value", () => {
    fc.assert(
      fc.property(secret, fc.string(), (hidden, around) => {
        fc.pre(!"[redacted]".includes(hidden) && !around.includes(hidden));
        const redact = redactor(new Set([hidden]));
        const value = { a: [around, { [hidden]: `${around}${hidden}` }], b: new Error(hidden), c: 5 };
        const texts: string[] = [];
        JSON.stringify(redactValue(value, redact), (key, item: unknown) => {
          texts.push(key);
          if (typeof item === "string") texts.push(item);
          return item;
        });
        expect(texts.filter((text) => text.includes(hidden))).toEqual([]);
      }),
    );
  });
});

describe("environmentForRuns", () => {
  it("leaves out the variables that hold a secret, as soon as it is known", () => {
    const secrets = new Set<string>();
    const env = {
      PATH: "/bin",
      MY_TOKEN: "s3cret-1",
      URL: "wss://u:s3cret-1@gw",
      PIN: "1234",
      N: "12345",
      U: undefined,
    };
    const current = environmentForRuns(env, secrets);
    expect(current()).toEqual({
      PATH: "/bin",
      MY_TOKEN: "s3cret-1",
      URL: "wss://u:s3cret-1@gw",
      PIN: "1234",
      N: "12345",
    });
    secrets.add("s3cret-1").add("1234");
    expect(current()).toEqual({ PATH: "/bin", N: "12345" });
    expect(current()).toBe(current());
  });
});
