import { browserProxyLimits } from "../../limits.ts";
import { booleanField, numberField, textField } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { RouteRefusal } from "../route-refusal.ts";

/** What `GET /snapshot` asks for (browser proxy section 8.3). */
export type SnapshotQuery =
  | { readonly format: "aria"; readonly limit: number }
  | {
      readonly format: "ai";
      /** `plain` is Playwright's own snapshot, `role` the one with references of ours. */
      readonly way: "plain" | "role" | "aria-refs";
      readonly interactive: boolean;
      readonly compact: boolean;
      readonly depth: number | undefined;
      readonly selector: string | undefined;
      readonly frame: string | undefined;
      readonly labels: boolean;
      /** Where links lead stands at its end. */
      readonly urls: boolean;
      /** Longest text of the snapshot, in characters. */
      readonly maxChars: number;
    };

const limits = browserProxyLimits;

export function readSnapshotQuery(query: Fields): SnapshotQuery {
  const isEfficient = textField(query, "mode") === "efficient";
  const labels = booleanField(query, "labels") ?? false;
  const isAria = textField(query, "format") === "aria";
  if (isAria) {
    if (labels || isEfficient) throw new RouteRefusal(400, "labels/mode=efficient require format=ai");
    const limit = numberField(query, "limit") ?? limits.ariaNodes;
    return { format: "aria", limit: Math.min(Math.max(1, Math.floor(limit)), limits.maxAriaNodes) };
  }
  const depth = numberField(query, "depth");
  const shape = {
    interactive: booleanField(query, "interactive") ?? isEfficient,
    compact: booleanField(query, "compact") ?? isEfficient,
    depth: depth === undefined || depth < 0 ? (isEfficient ? 6 : undefined) : Math.floor(depth),
    selector: textField(query, "selector"),
    frame: textField(query, "frame"),
    labels,
  };
  const isShaped =
    isEfficient ||
    labels ||
    shape.interactive ||
    shape.compact ||
    shape.depth !== undefined ||
    shape.selector !== undefined ||
    shape.frame !== undefined;
  const wantsAria = textField(query, "refs") === "aria";
  if (isShaped && wantsAria && (shape.selector !== undefined || shape.frame !== undefined))
    throw new RouteRefusal(
      500,
      "Error: refs=aria does not support selector/frame snapshots; leave out one of them",
    );
  return {
    format: "ai",
    way: isShaped ? (wantsAria ? "aria-refs" : "role") : "plain",
    ...shape,
    urls: booleanField(query, "urls") ?? false,
    maxChars: readMaxChars(query, isEfficient),
  };
}

/** Without a value the usual one; 0 and what is no number ask for no limit, and get the largest. */
function readMaxChars(query: Fields, isEfficient: boolean): number {
  if (query("maxChars") === undefined)
    return isEfficient ? limits.efficientSnapshotChars : limits.snapshotChars;
  const asked = Math.floor(numberField(query, "maxChars") ?? 0);
  return asked > 0 ? Math.min(asked, limits.maxSnapshotChars) : limits.maxSnapshotChars;
}
