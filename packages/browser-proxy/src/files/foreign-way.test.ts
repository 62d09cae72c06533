import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { stageSentFiles } from "../process/stage-sent-files.ts";
import { writeDownload } from "./download-file.ts";
import { tempDirs } from "./place.test.support.ts";
import { readUploads } from "./read-upload.ts";

const fresh = tempDirs();

/** A shared directory as `/tmp` is, with `openclaw` in it, and a private one of ours with a secret beside it. */
function shared(): { readonly base: string; readonly openclaw: string; readonly secrets: string } {
  const base = fresh();
  chmodSync(base, 0o1777);
  const [openclaw, secrets] = [join(base, "openclaw"), join(base, "home")];
  mkdirSync(openclaw, { mode: 0o755 });
  mkdirSync(secrets, { mode: 0o700 });
  writeFileSync(join(secrets, "key"), "SECRET", { mode: 0o600 });
  return { base, openclaw, secrets };
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from("x"));
}

const upload = async (root: string, byDescriptor = true): Promise<unknown> => {
  const read = await readUploads(["key"], root, { byDescriptor });
  return read.ok ? read.files.map(({ bytes }) => bytes.toString()) : read.reason;
};
const download = async (root: string): Promise<unknown> => {
  const saved = await writeDownload({ root, path: "a", suggestedName: "a" }, content());
  return saved.ok ? "saved" : saved.reason;
};

describe.each([
  ["by descriptor", true],
  ["by path", false],
])("a place that somebody else can exchange, %s", (_, byDescriptor) => {
  it("is not used when it is a link, even one of ours", async () => {
    const { openclaw, secrets } = shared();
    symlinkSync(secrets, join(openclaw, "uploads"));
    expect(await upload(join(openclaw, "uploads"), byDescriptor)).toBe("foreign-place");
  });

  it("is not used when others may write to a level above it", async () => {
    const { openclaw, secrets } = shared();
    renameSync(secrets, join(openclaw, "uploads"));
    for (const mode of [0o777, 0o775]) {
      chmodSync(openclaw, mode);
      expect(await upload(join(openclaw, "uploads"), byDescriptor)).toBe("foreign-place");
    }
    chmodSync(openclaw, 0o1777);
    expect(await upload(join(openclaw, "uploads"), byDescriptor)).toEqual(["SECRET"]);
  });

  it("is used through a link of ours above it", async () => {
    const { base, openclaw, secrets } = shared();
    renameSync(secrets, join(openclaw, "uploads"));
    symlinkSync("openclaw", join(base, "here"));
    expect(await upload(join(base, "here/uploads"), byDescriptor)).toEqual(["SECRET"]);
    symlinkSync("loop", join(base, "loop"));
    expect(await upload(join(base, "loop/uploads"), byDescriptor)).not.toEqual(["SECRET"]);
  });
});

// Only root can give directories away.
describe.runIf(process.getuid?.() === 0)("a level that belongs to somebody else", () => {
  const stranger = 4242;

  it.each(["a directory", "a link"])("gives no file of ours away and takes none: %s", async (how) => {
    const { base, openclaw, secrets } = shared();
    if (how === "a link") {
      renameSync(openclaw, join(base, "moved"));
      renameSync(secrets, join(base, "moved/uploads"));
      mkdirSync(join(base, "moved/downloads"), { mode: 0o700 });
      execFileSync("ln", ["-s", join(base, "moved"), openclaw]);
      execFileSync("chown", ["-h", String(stranger), openclaw]);
    } else {
      renameSync(secrets, join(openclaw, "uploads"));
      mkdirSync(join(openclaw, "downloads"), { mode: 0o700 });
      chownSync(openclaw, stranger, stranger);
    }
    const uploads = join(openclaw, "uploads");
    expect(await upload(uploads)).toBe("foreign-place");
    expect(await upload(uploads, false)).toBe("foreign-place");
    expect(await download(join(openclaw, "downloads"))).toBe("foreign-place");
    expect(await download(join(openclaw, "none/downloads"))).toBe("foreign-place");
    expect(await stageSentFiles([{ name: "a", contentBase64: "" }], uploads)).toBeUndefined();
    expect(readdirSync(join(openclaw, "downloads"))).toEqual([]);
    expect(readdirSync(openclaw)).not.toContain("none");
    expect(lstatSync(join(dirname(uploads), "uploads/key")).isFile()).toBe(true);
  });
});
