import { expect, test } from "vitest";

import { StoreError } from "./errors.ts";
import { writeFailure } from "./write-failure.ts";

test.each([
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
  ["EROFS", "not-writable"],
  ["EACCES", "not-writable"],
  ["EPERM", "not-writable"],
  ["EIO", "write-failed"],
])("%s is %s, with path, cause and advice", (system, code) => {
  const cause = Object.assign(new Error("system text"), { code: system });
  const failure = writeFailure(cause, "/s/node.json", "write the node file");
  expect(failure).toMatchObject({ code, cause, details: { path: "/s/node.json" } });
  expect(failure.message).toMatch(/^could not write the node file `\/s\/node\.json`: .+; .+[^.]$/);
});

test("our own errors pass through", () => {
  const own = new StoreError("symlink", "x");
  expect(writeFailure(own, "/p", "write")).toBe(own);
});
