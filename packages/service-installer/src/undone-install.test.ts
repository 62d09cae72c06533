import { describe, expect, test } from "vitest";

import { BACKENDS, contents, standIn, type StandIn } from "./managers.test.support.ts";
import { installService, readServiceStatus } from "./service-actions.ts";
import type { ServiceSpec } from "./service-spec.ts";

const MOST_STEPS = 30;

function state(on: StandIn): unknown {
  return [contents(on), [...on.loaded], [...on.system.directories].toSorted()];
}

/** Makes the change with this number fail, as a full or a read-only disk does. */
function failWrite(on: StandIn, number: number, code: string): () => boolean {
  const writeFile = on.system.writeFile.bind(on.system);
  let seen = 0;
  let failed = false;
  const changed: typeof writeFile = (path, ...rest) => {
    seen += 1;
    if (seen - 1 === number) {
      failed = true;
      throw Object.assign(new Error(`${code}: it did not work, open '${path}'`), { code });
    }
    writeFile(path, ...rest);
  };
  Object.assign(on.system, { writeFile: changed });
  return () => failed;
}

describe.each(BACKENDS)("%s: an install that fails leaves everything as it was", (backend) => {
  test("whatever command fails, at a first install", async () => {
    let failures = 0;
    for (let number = 0; number < MOST_STEPS; number += 1) {
      const on = standIn(backend);
      const before = state(on);
      on.failing = number;
      const result = await installService(on.system, on.spec);
      if (result.ok) continue;
      failures += 1;
      expect(result).toMatchObject({ undone: true, service: { loaded: false } });
      expect(result.problem.message).toContain("it did not work");
      expect(state(on), `command ${number}`).toEqual(before);
    }
    expect(failures).toBeGreaterThan(0);
  });

  test("whatever command fails, over a running service", async () => {
    let failures = 0;
    for (let number = 0; number < MOST_STEPS; number += 1) {
      const on = standIn(backend);
      await installService(on.system, on.spec);
      const before = state(on);
      const again: ServiceSpec = {
        ...on.spec,
        force: true,
        programArguments: ["node", "run", "--port", "1"],
      };
      on.failing = on.orders().length + number;
      const result = await installService(on.system, again);
      if (result.ok) continue;
      failures += 1;
      expect(state(on), `command ${number}`).toEqual(before);
      expect((await readServiceStatus(on.system, on.spec)).runtime.status).toBe("running");
    }
    expect(failures).toBeGreaterThan(0);
  });

  test.each(["EROFS", "ENOSPC", "EACCES"])("whatever cannot be written: %s", async (code) => {
    for (let number = 0; number < MOST_STEPS; number += 1) {
      const on = standIn(backend);
      const before = state(on);
      const failed = failWrite(on, number, code);
      const result = await installService(on.system, on.spec);
      if (!failed()) {
        expect([result.ok, number > 1]).toEqual([true, true]);
        return;
      }
      expect(result).toMatchObject({
        ok: false,
        undone: true,
        problem: { code: code === "EACCES" ? "not-permitted" : "write-failed" },
      });
      expect(!result.ok && result.problem.message).toMatch(
        new RegExp(`^cannot write \`[^\`]+\`: [a-z -]+ \\(${code}\\)$`, "u"),
      );
      expect(state(on), `write ${number}`).toEqual(before);
    }
  });
});
