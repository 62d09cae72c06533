import { expect, test } from "vitest";

import { ServiceError } from "./errors.ts";
import { serviceNames } from "./service-names.ts";

test.each([
  ["linux", "default", "openclaw-node.service", "openclaw-node.service"],
  ["linux", "lab_2", "openclaw-node-lab_2.service", "openclaw-node-lab_2.service"],
  ["darwin", "Default", "ai.openclaw.node", "ai.openclaw.node.plist"],
  ["darwin", "lab", "ai.openclaw.node.lab", "ai.openclaw.node.lab.plist"],
  ["win32", "", "OpenClaw Node", "node.cmd"],
  ["win32", "lab", "OpenClaw Node (lab)", "node.cmd"],
] as const)("%s, state profile %j", (platform, profile, name, fileName) => {
  expect(serviceNames(platform, profile)).toMatchObject({ name, fileName });
});

test("a platform without a manager that we know is named", () => {
  expect(() => serviceNames("freebsd", "default")).toThrow(/`freebsd`; run `openclaw node run`/);
});

test.each(["../x", "a b", "a.b", "a/b", "a\n", "x".repeat(65), "%i", "é"])(
  "%j is no part of a name",
  (profile) => {
    expect(() => serviceNames("linux", profile)).toThrow(ServiceError);
  },
);
