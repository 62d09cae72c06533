import type { BrowserEra } from "../answer/route-outcome.ts";
import type { BrowserProxyCommand } from "../browser-call.ts";
import type { ManagedBrowserConfig } from "../driver/managed-browsers.ts";
import { memberOf } from "../member-of.ts";

/** What the driver process is told once, before anything else. */
export interface DriverSetup {
  readonly stateDir: string;
  readonly config: ManagedBrowserConfig;
}

/** One call that the host has admitted. The driver reads the params again: maps do not go through a channel. */
export interface DriverCall {
  readonly command: BrowserProxyCommand;
  readonly paramsJSON: string;
  readonly era: BrowserEra;
  /** Bytes that the answer may take inside of a frame. */
  readonly maxPayloadBytes: number;
  /** Asked by the owner of this machine, for whom the list of allowed browser profiles does not count. */
  readonly owner?: boolean | undefined;
}

/** How a call ended, for the audit: never content, and of an address only the origin. */
export interface DriverCallEnd {
  readonly how: "answered" | "refused" | "timed-out";
  /** As in HTTP. */
  readonly status: number;
  /** Of the page, where the answer names one. */
  readonly origin?: string | undefined;
}

/** `payloadJSON` is the text as it goes into the frame: the host does not read it. */
export type DriverAnswer =
  | { readonly ok: true; readonly payloadJSON: string }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A browser that runs, as its owner sees it. */
export interface RunningBrowser {
  readonly profile: string;
  readonly pid: number | null;
  readonly tabs: number;
  /** Milliseconds since 1970. */
  readonly sinceMs: number | null;
}

export type ToDriver =
  | { readonly type: "setup"; readonly setup: DriverSetup }
  | { readonly type: "call"; readonly id: number; readonly call: DriverCall }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "close" };

export type FromDriver =
  | {
      readonly type: "answer";
      readonly id: number;
      readonly answer: DriverAnswer;
      readonly end: DriverCallEnd;
    }
  | {
      readonly type: "state";
      /** No browser runs or starts, and no call is being answered. */
      readonly idle: boolean;
      readonly browsers: readonly RunningBrowser[];
    }
  | { readonly type: "log"; readonly level: "info" | "warn"; readonly sentence: string };

/**
 * What the driver takes from its host, which has checked the calls. Only the frame is checked; undefined for anything else.
 * The driver does without the library that the host reads messages with: it would be most of what it loads.
 */
export function readToDriver(message: unknown): ToDriver | undefined {
  const type = memberOf(message, "type");
  if (type === "close") return { type };
  if (type === "setup") {
    const setup = memberOf(message, "setup");
    const [stateDir, config] = [memberOf(setup, "stateDir"), memberOf(setup, "config")];
    if (typeof stateDir !== "string" || typeof config !== "object" || config === null) return undefined;
    return { type, setup: { stateDir, config } };
  }
  const id = memberOf(message, "id");
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) return undefined;
  if (type === "cancel") return { type, id };
  const call = type === "call" ? readCall(memberOf(message, "call")) : undefined;
  return call === undefined ? undefined : { type: "call", id, call };
}

function readCall(given: unknown): DriverCall | undefined {
  const command = memberOf(given, "command");
  const paramsJSON = memberOf(given, "paramsJSON");
  const era = memberOf(given, "era");
  const maxPayloadBytes = memberOf(given, "maxPayloadBytes");
  const owner = memberOf(given, "owner");
  if (command !== "browser.proxy" && command !== "browser.proxy.upload.v1") return undefined;
  if (era !== "2026.2" && era !== "2026.9") return undefined;
  if (typeof paramsJSON !== "string" || typeof maxPayloadBytes !== "number") return undefined;
  if (owner !== undefined && typeof owner !== "boolean") return undefined;
  return { command, paramsJSON, era, maxPayloadBytes, owner };
}
