// A page for the agent, through Gateway, host and driver process, against plain playwright-core in a bare process.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startBareGateway } from "./bare-gateway.ts";
import { forgetPeak, memoryOf } from "./bench-host.ts";
import { formatFigures, median, type Figure } from "./figures.ts";

const ENTRY =
  process.env["OPENCLAW_TEST_ENTRY"] ??
  fileURLToPath(new URL("../../apps/cli/dist/main.js", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../../apps/cli/package.json", import.meta.url));
const FLOOR = fileURLToPath(new URL("browser-floor.mjs", import.meta.url));
const CHROMIUM = "/usr/bin/chromium";
const NO_SANDBOX = process.getuid?.() === 0;
/** A list item, a link and its text each. */
const ITEMS = 2500;
const CALL_MS = 60_000;
/** How long a page shows one picture. */
const FRAME_MS = 1000 / 60;

/** What both sides do; each gives milliseconds. */
interface Side {
  open(url: string): Promise<number>;
  snapshot(): Promise<{ readonly ms: number; readonly text: string }>;
  click(ref: string): Promise<number>;
  end(): Promise<void>;
}

export async function browserFigures(quick: boolean): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-bench-browser-"));
  const site = await startSite();
  try {
    return [...(await pageFigures(folder, site.url, quick)), await firstCall(folder, site.url, quick)];
  } finally {
    site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function pageFigures(folder: string, url: string, quick: boolean): Promise<readonly Figure[]> {
  const [ours, floor] = await Promise.all([startOurs(folder, url), startFloor(folder)]);
  try {
    await Promise.all([ours.open(url), floor.open(url)]);
    const snapshots = await rounds(quick ? 5 : 15, [ours, floor], async (side) => (await side.snapshot()).ms);
    const refs = await Promise.all([refOf(ours), refOf(floor)]);
    const clicks = await rounds(quick ? 20 : 60, [ours, floor], async (side, index) => {
      // A click waits for two frames of its page. One after the other, both sides would keep step with the frames, and a
      // millisecond would decide between one frame and none.
      await setTimeout(Math.random() * 2 * FRAME_MS);
      return await side.click(refs[index] ?? "");
    });
    const grown = ours.grown();
    return [
      figure("browser: snapshot of a 5,000-node page", snapshots, 1.3),
      figure("browser: act click", clicks, 1.3),
      {
        name: "browser: memory of the host at its peak",
        ours: grown,
        floor: Number.NaN,
        unit: "MiB",
        value: grown,
        limit: 10,
        better: "lower",
      },
    ];
  } finally {
    await Promise.all([ours.end(), floor.end()]);
  }
}

/** A host that has had no call yet, against a process that has not begun. */
async function firstCall(folder: string, url: string, quick: boolean): Promise<Figure> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= (quick ? 2 : 5); round += 1) {
    // One at a time: a start takes both cores. The first one also makes the user data.
    for (const [index, start] of [
      async () => startOurs(folder, url),
      async () => startFloor(folder),
    ].entries()) {
      const side = await start();
      const ms = await side.open(url);
      if (round > 0) times[index]?.push(ms);
      await side.end();
    }
  }
  return figure("browser: first call, start included", times, 1.2);
}

async function rounds(
  count: number,
  sides: readonly [Side, Side],
  one: (side: Side, index: number) => Promise<number>,
): Promise<readonly [number[], number[]]> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < count + 2; round += 1) {
    for (const [index, side] of sides.entries()) {
      const ms = await one(side, index);
      // Two for warming up.
      if (round > 1) times[index]?.push(ms);
    }
  }
  return times;
}

function figure(name: string, [ours, floor]: readonly [number[], number[]], limit: number): Figure {
  const ratios = ours.map((value, index) => value / (floor[index] ?? Number.NaN));
  return {
    name,
    ours: median(ours),
    floor: median(floor),
    unit: "ms",
    value: median(ratios),
    limit,
    better: "lower",
  };
}

async function refOf(side: Side): Promise<string> {
  const { text } = await side.snapshot();
  const ref = /button "Push"[^\n]*\[ref=(\w+)\]/u.exec(text)?.[1];
  if (ref === undefined) throw new Error(`no button in: ${text.slice(0, 300)}`);
  return ref;
}

interface OurSide extends Side {
  /** How far the host's memory has grown since it was ready, at its peak; MiB. */
  grown(): number;
}

async function startOurs(folder: string, url: string): Promise<OurSide> {
  const state = join(folder, "state");
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const browser = {
    executablePath: CHROMIUM,
    headless: true,
    noSandbox: NO_SANDBOX,
    ssrfPolicy: { allowedHostnames: [new URL(url).host] },
  };
  writeFileSync(join(state, "openclaw.json"), JSON.stringify({ browser }), { mode: 0o600 });
  const gateway = await startBareGateway();
  const connected = gateway.nextConnect();
  const child = spawn(
    process.execPath,
    [ENTRY, "node", "run", "--host", "127.0.0.1", "--port", String(gateway.port)],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: folder,
        OPENCLAW_STATE_DIR: state,
        OPENCLAW_GATEWAY_TOKEN: "bench-token",
      },
      stdio: "ignore",
    },
  );
  await connected;
  // What answers invokes is loaded behind the connect.
  await gateway.invoke("system.which", { bins: ["sh"] });
  const { pid = 0 } = child;
  forgetPeak(pid);
  const before = memoryOf(pid).now;
  let targetId: string | undefined;
  const call = async (params: object): Promise<{ ms: number; result: Record<string, string> }> => {
    const begin = performance.now();
    const answer = await gateway.invoke("browser.proxy", { timeoutMs: CALL_MS, ...params });
    const ms = performance.now() - begin;
    if (!answer.ok) throw new Error(`the call failed: ${JSON.stringify(answer.error)}`);
    return { ms, result: JSON.parse(answer.payloadJSON ?? "{}").result };
  };
  return {
    open: async (address) => {
      const { ms, result } = await call({ method: "POST", path: "/tabs/open", body: { url: address } });
      targetId = result["targetId"];
      return ms;
    },
    snapshot: async () => {
      const { ms, result } = await call({ path: "/snapshot", query: { targetId, maxChars: 0 } });
      return { ms, text: result["snapshot"] ?? "" };
    },
    click: async (ref) =>
      (await call({ method: "POST", path: "/act", body: { kind: "click", targetId, ref } })).ms,
    grown: () => memoryOf(pid).peak - before,
    end: async () => {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
      await gateway.close();
    },
  };
}

async function startFloor(folder: string): Promise<Side> {
  // It is started by the first step, as our driver is.
  let child: ReturnType<typeof fork> | undefined;
  const step = async (what: object): Promise<{ ms: number; value: string }> => {
    const begin = performance.now();
    child ??= fork(FLOOR, [MANIFEST, CHROMIUM, join(folder, "floor"), String(NO_SANDBOX)], {
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
      execArgv: [],
    });
    const answer = once(child, "message");
    child.send(what);
    const [{ value, error }] = (await answer) as [{ value: string; error?: string }];
    if (error !== undefined) throw new Error(error);
    return { ms: performance.now() - begin, value };
  };
  return await Promise.resolve({
    open: async (url) => (await step({ do: "open", url })).ms,
    snapshot: async () => {
      const { ms, value } = await step({ do: "snapshot" });
      return { ms, text: value };
    },
    click: async (ref) => (await step({ do: "click", ref })).ms,
    end: async () => {
      await step({ do: "close" });
      child?.kill();
    },
  });
}

async function startSite(): Promise<{ readonly url: string; readonly close: () => void }> {
  const items = Array.from({ length: ITEMS }, (_, index) => `<li><a href="#${index}">link ${index}</a></li>`);
  const page = `<!doctype html><title>Bench</title><button>Push</button><ul>${items.join("")}</ul>`;
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${formatFigures(await browserFigures(process.argv.includes("--quick")))}\n`);
}
