import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario } from "./scenarios.ts";
import type { Json, World } from "./world.ts";

const PAGE = `<!doctype html><title>Grüße</title><h1>Form</h1>
<label>Name <input id="name"></label><button onclick="said.textContent = 'Hello ' + document.getElementById('name').value">Greet</button>
<input type="file" aria-label="Attach" onchange="said.textContent = this.files[0].name + ' ' + this.files[0].size">
<p id="said" role="status"></p>`;
/** Where the machine is slow, a browser takes its time to start. */
const CALL_MS = 60_000;

/** What a caller gets: a Gateway hands on the node's payload. */
type Ask = (call: object, profile?: string) => Promise<Json>;

export const browserScenarios: readonly Scenario[] = [
  {
    name: "a page for the agent: open, snapshot, act, screenshot; and no door to this machine",
    // The oldest and the newest shapes; the releases between them speak like one of the two.
    applies: ({ prepare, joinCodes }) => !prepare || joinCodes,
    run: async (world) => {
      const site = await startSite();
      const canary = await startSite();
      try {
        await drive(world, site, canary);
      } finally {
        await site.close();
        await canary.close();
      }
    },
  },
];

async function drive(world: World, site: Site, canary: Site): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), "openclaw-browser-scenario-"));
  world.removeAtEnd(stateDir);
  const browser = {
    headless: true,
    noSandbox: process.getuid?.() === 0,
    ssrfPolicy: { allowedHostnames: [`127.0.0.1:${site.port}`] },
  };
  writeFileSync(join(stateDir, "openclaw.json"), JSON.stringify({ browser }), { mode: 0o600 });
  const { nodeId } = await world.readyNode({ stateDir });
  const invoke: Ask = async (call) => await world.invoke(nodeId, "browser.proxy", call, CALL_MS);
  const ask: Ask = async (call) => {
    const answer = await invoke({ timeoutMs: CALL_MS - 5000, ...call });
    assert.equal(answer.ok, true, JSON.stringify([call, answer.error]));
    const { payload } = answer.payload;
    return typeof payload === "string" ? JSON.parse(payload) : payload;
  };
  const { nodes } = await world.ask("node.list");
  const self = nodes.find((node: Json) => node.nodeId === nodeId);
  assert.ok(self.caps.includes("browser") && self.commands.includes("browser.proxy"), JSON.stringify(self));

  const status = (await ask({ path: "/" })).result;
  assert.equal(status.running, false);
  const tab = (await ask({ method: "POST", path: "/tabs/open", body: { url: site.url } })).result;
  assert.equal(tab.url, site.url);
  const query = { format: "ai", targetId: tab.targetId };
  const { snapshot } = (await ask({ path: "/snapshot", query })).result;
  const ref = (role: string): string => {
    const found = new RegExp(`${role}[^\\n]*\\[ref=(\\w+)\\]`, "u").exec(snapshot)?.[1];
    assert.ok(found, `no ${role} in:\n${snapshot}`);
    return found;
  };
  const act = async (body: object): Promise<Json> =>
    (await ask({ method: "POST", path: "/act", body: { targetId: tab.targetId, ...body } })).result;
  await act({ kind: "type", ref: ref("textbox"), text: "Jürgen" });
  await act({ kind: "click", ref: ref('button "Greet"') });
  const after = (await ask({ path: "/snapshot", query })).result;
  assert.match(after.snapshot, /Hello Jürgen/u);

  // Only the newest Gateways send files along.
  if (world.traits.joinCodes) {
    const upload = { envelope: "browser-upload-v1", files: [{ name: "note.txt", contentBase64: "aGk=" }] };
    const body = { targetId: tab.targetId, inputRef: ref('button "Attach"') };
    const params = { method: "POST", path: "/hooks/file-chooser", body, upload };
    const sent = await world.invoke(nodeId, "browser.proxy.upload.v1", params, CALL_MS);
    assert.equal(sent.ok, true, JSON.stringify(sent));
    assert.match((await ask({ path: "/snapshot", query })).result.snapshot, /note\.txt 2/u);
  }

  const { result, files } = await ask({
    method: "POST",
    path: "/screenshot",
    body: { targetId: tab.targetId },
  });
  assert.deepEqual([result.ok, files?.length, files?.[0].path], [true, 1, result.path]);
  assert.equal(Buffer.from(files[0].base64, "base64").subarray(1, 4).toString(), "PNG");

  const blocked = await invoke({ method: "POST", path: "/navigate", body: { url: canary.url } });
  assert.equal(blocked.ok, false, JSON.stringify(blocked));
  const file = await invoke({ method: "POST", path: "/tabs/open", body: { url: "file:///etc/hostname" } });
  assert.match(file.error?.message ?? "", /Navigation blocked/u, JSON.stringify(file));
  assert.equal(canary.requests, 0);
  const stopped = (await ask({ method: "POST", path: "/stop" })).result;
  assert.deepEqual([stopped.ok, stopped.stopped], [true, true]);

  const audit = readFileSync(join(stateDir, "exec-audit.jsonl"), "utf8");
  assert.match(audit, /"route":"\/act","action":"type"/u);
  const origins = audit
    .split("\n")
    .filter((line) => line.includes(`"origin":"http://127.0.0.1:${site.port}"`));
  assert.ok(origins.length > 4, "each call names the origin of its page");
  assert.ok(!audit.includes("Jürgen") && !audit.includes("Greet"), "the audit holds no content of the page");
}

interface Site {
  readonly port: number;
  readonly url: string;
  readonly requests: number;
  close(): Promise<void>;
}

async function startSite(): Promise<Site> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.setHeader("content-type", "text/html; charset=utf-8").end(PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    get requests(): number {
      return requests;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
