import { expect, test } from "vitest";

import { parseBrowserCall } from "./browser-call.ts";
import { admitBrowserCall, isProfileAllowed, visibleProfiles } from "./call-policy.ts";
import type { BrowserCallPolicy } from "./call-policy.ts";
import { browserRefusalText } from "./errors.ts";
import { readRecordedCalls } from "./recorded-calls.test.support.ts";

const open: BrowserCallPolicy = {
  proxyEnabled: true,
  browserEnabled: true,
  allowProfiles: [],
  defaultProfile: "openclaw",
};

/** The browser profile a call runs in, or the text for the Gateway. */
function judged(params: unknown, changes: Partial<BrowserCallPolicy> = {}): string {
  const parsed = parseBrowserCall(params);
  if (!parsed.ok) throw parsed.error;
  const admitted = admitBrowserCall(parsed.call, { ...open, ...changes });
  return admitted.ok ? `runs in ${admitted.profile}` : browserRefusalText(admitted.error);
}

test.each(readRecordedCalls().filter(({ name }) => /^5[1-4]-(?:deny|allowed)/.test(name)))(
  "$name, with only `work` allowed, ends as recorded",
  ({ params, error }) => {
    const verdict = judged(params, { allowProfiles: ["work"] });
    expect(verdict.startsWith("Error: ") ? verdict : null).toBe(error);
  },
);

test.each([
  [{ path: "/tabs" }, {}, "runs in openclaw"],
  [{ path: "/tabs", profile: "work" }, {}, "runs in work"],
  [{ path: "/tabs", profile: "work" }, { allowProfiles: [" work ", ""] }, "runs in work"],
  [{ path: "/tabs", query: { profile: "work" } }, { allowProfiles: ["work"] }, "runs in work"],
  [{ path: "/tabs" }, { allowProfiles: ["openclaw"] }, "runs in openclaw"],
  [{ path: "/tabs", profile: "Work" }, { allowProfiles: ["work"] }, "profile not allowed"],
  [{ path: "/tabs", body: { profile: "x" } }, { allowProfiles: ["work"] }, "profile not allowed"],
  [{ path: "/tabs" }, { allowProfiles: [" "] }, "profile not allowed"],
  [{ path: "/profiles" }, { allowProfiles: ["work"] }, "runs in openclaw"],
  [{ path: "/profiles", profile: "x" }, { allowProfiles: ["work"] }, "profile not allowed"],
  [{ path: "/profiles", method: "POST" }, { allowProfiles: ["work"] }, "profile not allowed"],
  [{ path: "/nope" }, {}, "Error: Not Found"],
  [{ path: "/nope" }, { allowProfiles: ["work"] }, "profile not allowed"],
  [{ path: "/profiles/create", method: "POST" }, {}, "cannot mutate persistent browser profiles"],
  [{ path: "/profiles/create", method: "POST", profile: "x" }, { allowProfiles: ["work"] }, "cannot mutate"],
  [
    { path: "/profiles/create", method: "POST" },
    { browserEnabled: false },
    "Error: browser control disabled",
  ],
  [
    { path: "/nope" },
    { proxyEnabled: false, browserEnabled: false },
    "Error: UNAVAILABLE: node browser proxy disabled",
  ],
])("%j with %j: %s", (params, policy: Partial<BrowserCallPolicy>, expected) => {
  expect(judged(params, policy)).toContain(expected);
});

test("a list of browser profiles is filtered by the same rule", () => {
  const filtered = ["/profiles", "/tabs"].map((path) => {
    const parsed = parseBrowserCall({ path });
    const admitted = parsed.ok ? admitBrowserCall(parsed.call, open) : undefined;
    return admitted?.ok === true && admitted.filterProfiles;
  });
  expect(filtered).toEqual([true, false]);
  const profiles = [{ name: "openclaw" }, { name: "work" }];
  expect(visibleProfiles(profiles, [])).toEqual(profiles);
  expect(visibleProfiles(profiles, ["work"])).toEqual([{ name: "work" }]);
  expect(isProfileAllowed("", [""])).toBe(false);
});
