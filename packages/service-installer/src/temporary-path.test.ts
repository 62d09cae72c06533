import { expect, test } from "vitest";

import { isTemporaryPath } from "./temporary-path.ts";

test.each([
  ["/tmp/x/main.js", true],
  ["/tmpx/main.js", false],
  ["/private/var/folders/ab/main.js", true],
  ["/run/user/1000/x", true],
  ["/home/ann/.npm/_npx/1a/node_modules/x.js", true],
  ["/home/ann/.cache/pnpm/dlx/x/main.js", true],
  ["/home/ann/scratch/x.js", true],
  ["C:\\Users\\ada\\AppData\\Local\\Temp\\x\\main.js", true],
  ["c:\\users\\ada\\appdata\\local\\temp\\main.js", true],
  ["/home/ann/.npm-global/lib/node_modules/x/main.js", false],
  ["/usr/bin/node", false],
  ["/home/ann/tmp/main.js", false],
])("%s: %s", (path, temporary) => {
  const directories = ["/home/ann/scratch/", "C:\\Users\\ada\\AppData\\Local\\Temp", ""];
  expect(isTemporaryPath(path, directories)).toBe(temporary);
});
