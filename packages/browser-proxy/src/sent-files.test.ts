import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseBrowserCall } from "./browser-call.ts";
import { browserRefusalText } from "./errors.ts";

const files = [{ name: "a.txt", contentBase64: "aGk=" }];
const chooser = { method: "POST", path: "/hooks/file-chooser", body: { ref: "e1" } };
const upload = { envelope: "browser-upload-v1", files };

function read(params: unknown, command?: "browser.proxy.upload.v1"): string {
  const parsed = parseBrowserCall(params, command);
  if (!parsed.ok) return browserRefusalText(parsed.error);
  return (parsed.call.sentFiles ?? []).map(({ name }) => name).join();
}
const sent = (more: object): string => read({ ...chooser, upload, ...more }, "browser.proxy.upload.v1");

describe("files that come with a call", () => {
  test("are taken by their own command, for the one route that gives files to a page", () => {
    expect(sent({})).toBe("a.txt");
    expect(sent({ path: "/hooks/file-chooser/" })).toBe("a.txt");
    expect(read(chooser)).toBe("");
  });

  test.each([
    [{ upload: undefined }, "browser.proxy.upload.v1 requires an upload envelope"],
    [{ path: "/act" }, "browser proxy upload requires the file chooser route"],
    [{ method: "GET" }, "browser proxy upload requires the file chooser route"],
    [{ body: { paths: [] } }, "browser proxy upload body must be an object without paths"],
    [{ body: undefined }, "browser proxy upload body must be an object without paths"],
    [{ body: [] }, "browser proxy upload body must be an object without paths"],
    [{ upload: "x" }, "invalid browser proxy upload envelope"],
    [{ upload: { files } }, "invalid browser proxy upload envelope"],
    [{ upload: { ...upload, files: [] } }, "invalid browser proxy upload envelope"],
    [{ upload: { ...upload, files: [{ name: "" }] } }, "invalid browser proxy upload envelope"],
    [{ upload: { ...upload, files: Array(65).fill(files[0]) } }, "browser proxy upload holds over 64 files"],
  ])("are refused otherwise: %j", (more, text) => {
    expect(sent(more)).toBe(`Error: INVALID_REQUEST: ${text}`);
  });

  test("never come with the other command", () => {
    expect(read({ ...chooser, upload })).toBe(
      "Error: INVALID_REQUEST: browser.proxy does not accept upload envelopes",
    );
  });

  test("are at most 10 MiB each and 16 MiB in all", () => {
    const of = (...sizes: number[]): string =>
      sent({
        upload: {
          ...upload,
          files: sizes.map((size) => ({ name: "f", contentBase64: Buffer.alloc(size).toString("base64") })),
        },
      });
    const mib = 1024 * 1024;
    expect(of(10 * mib)).toBe("f");
    expect(of(10 * mib + 1)).toMatch(/exceeds 10 MiB limit/u);
    expect(of(10 * mib, 6 * mib)).toBe("f,f");
    expect(of(10 * mib, 6 * mib + 1)).toMatch(/exceeds 16 MiB in all/u);
  });

  test("are encoded in the one right way", () => {
    const one = (contentBase64: string): boolean =>
      sent({ upload: { ...upload, files: [{ name: "f", contentBase64 }] } }) === "f";
    fc.assert(
      fc.property(fc.oneof(fc.base64String(), fc.string({ maxLength: 8 })), (text) => {
        expect(one(text)).toBe(Buffer.from(text, "base64").toString("base64") === text);
      }),
    );
    for (const text of ["aGk", "aGl=", "aGk=\n", "a===", "====", "aGk_"]) expect(one(text)).toBe(false);
  });
});
