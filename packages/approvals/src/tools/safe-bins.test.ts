import { describe, expect, test } from "vitest";
import { isSafeUse, SAFE_BINS } from "./safe-bins.ts";

const safe = (text: string): boolean => {
  const [name = "", ...args] = text.split(" ");
  return isSafeUse(name, args);
};

describe("reads its input only", () => {
  test.each([
    "cut -d , -f 1,3-5",
    "cut -d/ -f2",
    "cut --fields=1 --delimiter=:",
    "cut -sf 1",
    "uniq -c",
    "uniq -cd -f 1",
    "head",
    "head -5",
    "head -n 1",
    "head -qn1",
    "head -n -3",
    "head --lin 3",
    "head -",
    "tail -n +2",
    "tail --lines=5",
    "tr a b",
    "tr -d \\n",
    "tr [:upper:] [:lower:]",
    "tr -- -a b",
    "tr / _",
    "wc -l",
    "wc --lines",
  ])("%s", (text) => {
    expect(safe(text)).toBe(true);
  });
});

describe("everything else is not in the profile", () => {
  test.each([
    "head foo",
    "head /etc/hostname",
    "head -- foo",
    "head -n",
    "head -n x",
    "head -n1 -5",
    "head --bogus",
    "head --=1",
    "tail -f",
    "tail -fn1",
    "tail -5f",
    "tail +5",
    "tail --fol",
    "tail --retry",
    "tr",
    "tr a b c",
    "tr a* b",
    "tr $x b",
    "wc --files0-from=-",
    "wc --files0-from -",
    "wc --f -",
    "wc x",
    "uniq - out",
    "uniq in",
    "uniq --group",
    "cut -f x",
    "cut -d ab -f1",
    "cut -f1 file",
    "cut --output-delimiter",
    "head --verbose=1",
    "sort",
    "constructor",
    "tail --ve=1",
  ])("%s", (text) => {
    expect(safe(text)).toBe(false);
  });

  test("the built-in list", () => {
    expect(SAFE_BINS).toEqual(["cut", "head", "tail", "tr", "uniq", "wc"]);
  });
});
