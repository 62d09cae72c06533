// A node host of ours under test: its state directory, and what a person may read of it.
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { startNode, type NodeOptions, type NodeProcess } from "../scenarios/node-process.ts";

/** What a scripted Gateway may do with a node: everything, so that only the host itself stands in its way. */
export const FULL_POLICY = '{"version":1,"defaults":{"security":"full","ask":"off"}}';

/** A directory for one test, owner-only. */
export function stateDir(files: Readonly<Record<string, string>> = {}): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "openclaw-bad-")));
  // A browser of a host that was killed writes for a moment longer.
  onTestFinished(async () => await rm(path, { recursive: true, force: true, maxRetries: 10 }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(join(path, name), text, { mode: 0o600 });
  }
  return path;
}

/** Starts a node host that ends with the test, whatever happens. */
export function startHost(options: NodeOptions): NodeProcess {
  const node = startNode({ token: "test-token-0123456789", stateDir: stateDir(), ...options });
  onTestFinished(async () => {
    node.child.kill("SIGKILL");
    await node.exited;
  });
  return node;
}

/** Whatever a terminal or a reader would obey, but line ends. */
const ACTING = /(?!\n)\p{Cc}|\p{Cf}|[\u2028\u2029]/u;

/** Every line is for a person: no stack, no control characters. */
export function expectReadable(text: string): void {
  expect(text).not.toMatch(/internal error|please report|\n\s+at |node:internal|Unhandled|TypeError/u);
  expect(text).not.toMatch(ACTING);
}
