import { describe, expect, it } from "vitest";

import { launchFailure } from "./launch-failure.ts";

describe("launchFailure", () => {
  it.each([
    [
      "ERROR:zygote_host_impl_linux.cc(101)] Running as root without --no-sandbox is not supported",
      /ordinary user/,
    ],
    ["FATAL:zygote_host_impl_linux.cc] No usable sandbox! If you are running", /user namespaces/],
    ["Missing X server or $DISPLAY", /browser\.headless/],
    ["chrome: error while loading shared libraries: libnss3.so", /install the browser again/],
    ["Failed to create a ProcessSingleton for your profile directory", /another browser/],
    ["write ENOSPC", /disk is full/],
    ["spawn /opt/x ENOENT", /browser\.executablePath/],
    ["Timeout 30000ms exceeded.", /in time/],
    ["/home/someone/secret --user-data-dir=/x", /by hand/],
  ])("%s", (said, sentence) => {
    const text = launchFailure(new Error(said));
    expect(text).toMatch(/^the browser does not start: /);
    expect(text).toMatch(sentence);
    expect(text).not.toMatch(/\/home|user-data-dir/);
  });

  it("takes what is no error", () => {
    expect(launchFailure("x")).toMatch(/by hand/);
  });
});
