import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import type {
  BrowserAnswer,
  ManagedBrowserStatus,
  ManagedBrowsersOptions,
} from "../driver/managed-browsers.ts";
import type { PageRequest } from "../page/page-route.ts";
import { serveDriver } from "./serve-driver.ts";

/** A driver process as it is, with a browser that is a sleeping process. What it does stands in the call's query. */
function standIn(options: ManagedBrowsersOptions) {
  let browser: { readonly pid: number; readonly end: () => Promise<void> } | undefined;
  const start = (): void => {
    // It lives as long as its pipe, as a browser that is spoken to over one.
    const child = spawn(process.execPath, ["-e", "process.stdin.resume().on('end', () => process.exit())"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    browser = {
      pid: child.pid ?? 0,
      end: async () => {
        child.stdin.end();
        await gone;
      },
    };
    options.onChange?.();
  };
  const stop = async (): Promise<void> => {
    const ended = browser?.end();
    browser = undefined;
    await ended;
    options.onChange?.();
  };
  const status = (): readonly ManagedBrowserStatus[] => [
    {
      profile: "openclaw",
      driver: "openclaw",
      way: "managed",
      color: "#FF4500",
      running: browser !== undefined,
      pid: browser?.pid ?? null,
      tabs: browser === undefined ? 0 : 1,
      sinceMs: browser === undefined ? null : 1,
      userDataDir: null,
    },
  ];
  const call = async ({ call: asked }: PageRequest, { signal }: { readonly signal: AbortSignal }) => {
    const wish = asked.query.get("do");
    if (asked.segments?.[0] === "start") start();
    if (asked.segments?.[0] === "stop") await stop();
    if (wish === "crash") process.kill(process.pid, "SIGKILL");
    if (wish === "throw") queueMicrotask(throwOne);
    if (wish === "throw") await pause(60_000);
    if (wish === "block") {
      options.onLog?.("info", "blocking");
      for (;;);
    }
    if (wish === "garble") process.send?.({ type: "answer", id: "all" });
    if (wish === "wait") {
      options.onLog?.("info", "waiting");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return "timed-out" as const;
    }
    const result = {
      pid: process.pid,
      browser: browser?.pid ?? null,
      env: Object.keys(process.env).toSorted(),
      text: "x".repeat(Number(asked.query.get("chars") ?? 0)),
      url: asked.query.get("url") ?? "about:blank",
      body: asked.body ?? null,
    };
    const answer: BrowserAnswer = {
      outcome:
        wish === "fail" ? { ok: false, status: 409, error: "browser not running" } : { ok: true, result },
      routed: { profile: "openclaw", driver: "openclaw" },
      files: [],
    };
    return answer;
  };
  return {
    call,
    status,
    get idle(): boolean {
      return browser === undefined;
    },
    close: stop,
  };
}

function throwOne(): void {
  throw new TypeError("a secret of the page");
}

const uploadsDir = process.env["TMPDIR"];
serveDriver({ open: standIn, ...(uploadsDir === undefined ? {} : { uploadsDir }) });
