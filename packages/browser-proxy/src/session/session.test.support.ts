import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readReachPolicy } from "../address/reach-policy.ts";
import { readBrowserProfiles } from "../browser/browser-profile.ts";
import { Launcher } from "../driver/launcher.ts";
import { IssuedFiles } from "../files/issued-files.ts";
import type { BrowserSession } from "./browser-session.ts";

export interface SessionScene {
  readonly session: BrowserSession;
  readonly stateDir: string;
  readonly uploadsDir: string;
  readonly downloadsDir: string;
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

/** One real browser, with loopback opened for the named hosts and no other. */
export async function startSession(opened: readonly string[]): Promise<SessionScene> {
  const stateDir = await mkdtemp(join(tmpdir(), "openclaw-session-"));
  const [uploadsDir, downloadsDir] = [join(stateDir, "uploads"), join(stateDir, "downloads")];
  await mkdir(uploadsDir, { mode: 0o700 });
  const log: string[] = [];
  const options = {
    stateDir,
    config: { noSandbox: true },
    uploadsDir,
    downloadsDir,
    onLog: (level: string, sentence: string): unknown => log.push(`${level} ${sentence}`),
  };
  const reach = readReachPolicy({ allowedHostnames: opened });
  const launcher = new Launcher(options, { reach, issued: new IssuedFiles() });
  const launched = await launcher.launch(readBrowserProfiles(new Map())[0]);
  if (!launched.ok) throw new Error(launched.sentence);
  const { session } = launched;
  const close = async (): Promise<void> => {
    await session.close();
    await rm(stateDir, { recursive: true, force: true });
  };
  return { session, stateDir, uploadsDir, downloadsDir, log, close };
}
