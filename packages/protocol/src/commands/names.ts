/** The node commands that a node host of ours declares. Source: protocol section 4.1. */
export const NODE_COMMANDS = [
  "system.run",
  "system.run.prepare",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
] as const;
export type NodeCommand = (typeof NODE_COMMANDS)[number];

/** Declared in addition when the browser proxy is on. */
export const BROWSER_COMMAND = "browser.proxy";

/** The same, and the form that brings files for a page along, which only the newest Gateways call (browser proxy section 2). */
export const BROWSER_COMMANDS = ["browser.proxy", "browser.proxy.upload.v1"] as const;
export type BrowserCommand = (typeof BROWSER_COMMANDS)[number];
