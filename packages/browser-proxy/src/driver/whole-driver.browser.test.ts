import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readZip, unpacked } from "../session/zip-entries.ts";
import { html, startScene, startSite } from "./driver.test.support.ts";
import type { Scene, Site } from "./driver.test.support.ts";

let site: Site;
let scene: Scene;

beforeAll(async () => {
  site = await startSite((incoming, answer) => {
    const url = incoming.url ?? "";
    if (url === "/secret" && incoming.headers.authorization === undefined) {
      answer.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    } else if (url === "/file.txt") {
      answer.setHeader("content-disposition", "attachment");
      answer.end("downloaded");
    } else
      html(
        answer,
        `<title>shop ${String(incoming.headers["x-team"] ?? "")}</title><h1>${url}</h1><a href=/file.txt>Download</a>
         <button onclick="console.warn('asked'); document.title = confirm('Sure?')">Ask</button>
         <label>Paper <input type=file onchange="document.title = this.files[0].name"></label>`,
      );
  });
  scene = await startScene({ opened: [`127.0.0.1:${String(site.port)}`] });
  await mkdir(join(scene.stateDir, "uploads"), { mode: 0o700 });
  await writeFile(join(scene.stateDir, "uploads", "paper.pdf"), "%PDF-");
  await scene.result("POST", "/tabs/open", { url: site.origin });
});

afterAll(async () => {
  await scene.close();
  await site.close();
});

const refOf = async (name: string): Promise<string> => {
  const { snapshot } = (await scene.result("GET", "/snapshot")) as { snapshot: string };
  return new RegExp(`"${name}"[^\\n]*\\[ref=(\\w+)\\]`).exec(snapshot)?.[1] ?? `no ${name} in ${snapshot}`;
};

const files = async (method: string, path: string, body?: object): Promise<readonly string[]> => {
  const answer = await scene.invoke({ method, path, body });
  if (!answer.ok) throw new Error(answer.error.message);
  const given = (answer.payload["files"] ?? []) as readonly { mimeType?: string; base64: string }[];
  return given.map(({ mimeType, base64 }) => `${mimeType ?? "?"} ${base64 === "" ? "empty" : "full"}`);
};

const title = async (): Promise<unknown> =>
  (await scene.result("POST", "/act", { kind: "evaluate", fn: "document.title" }))["result"];

describe("the whole driver, through the proxy", () => {
  it("pictures and documents come with their content", async () => {
    expect(await files("POST", "/screenshot", { type: "png" })).toEqual(["image/png full"]);
    expect(await files("POST", "/pdf")).toEqual(["application/pdf full"]);
  });

  it("a dialog, a chooser and a download are answered as they were armed", async () => {
    await scene.result("POST", "/hooks/dialog", { accept: true });
    await scene.result("POST", "/act", { kind: "click", ref: await refOf("Ask") });
    await expect.poll(title).toBe("true");
    await scene.result("POST", "/hooks/file-chooser", { paths: ["paper.pdf"], ref: await refOf("Paper") });
    await expect.poll(title).toBe("paper.pdf");
    const ref = await refOf("Download");
    expect(await files("POST", "/download", { ref, path: "got.txt" })).toEqual(["text/plain full"]);
    expect(
      await scene.invoke({ method: "POST", path: "/download", body: { ref, path: "../../x" } }),
    ).toMatchObject({
      error: { message: "Error: 400: Invalid path: must stay within downloads directory" },
    });
    const lines = await scene.result("GET", "/console");
    expect(JSON.stringify(lines)).toContain("asked");
  });

  it("a trace holds what pages did, and nothing of our own", async () => {
    await scene.result("POST", "/trace/start", { sources: true });
    await scene.result("POST", "/navigate", { url: `${site.origin}/traced` });
    const { path } = (await scene.result("POST", "/trace/stop")) as { path: string };
    const entries = readZip(await readFile(path)) ?? [];
    const text = entries.map((entry) => unpacked(entry, 1e8).toString("utf8")).join("\n");
    expect(text).toContain("/traced");
    expect(text).toContain("Basic redacted");
    expect(text).not.toMatch(/Basic YnJvd3Nl|browser-proxy\/src/);
  });

  it("credentials and headers of the caller go to pages, and do not get in the proxy's way", async () => {
    await scene.result("POST", "/set/credentials", { username: "u", password: "p" });
    await scene.result("POST", "/set/headers", { headers: { "x-team": "blue" } });
    await scene.result("POST", "/navigate", { url: `${site.origin}/secret` });
    expect(await title()).toBe("shop blue");
    await scene.result("POST", "/set/credentials", { clear: true });
    await scene.result("POST", "/navigate", { url: `${site.origin}/after` });
    expect(await title()).toBe("shop blue");
    const blocked = { method: "POST", path: "/navigate", body: { url: "http://10.0.0.1/" } };
    expect(await scene.invoke(blocked)).toMatchObject({ ok: false });
  });
});
