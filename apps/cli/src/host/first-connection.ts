import type { StatePaths } from "@openclaw/config-store";
import type { HostLog } from "./host-log.ts";
import { updateNodeFile, type NodeFile } from "./node-file.ts";

/** From the first hello on a refused credential is waited out instead of ending the host. */
export function firstConnectionKeeper(
  paths: Pick<StatePaths, "nodeFile">,
  node: NodeFile,
  log: HostLog,
): () => void {
  let kept = node.firstConnectedAtMs !== undefined;
  return () => {
    if (kept) return;
    kept = true;
    updateNodeFile(paths.nodeFile, (before) => ({
      ...before,
      firstConnectedAtMs: before.firstConnectedAtMs ?? Date.now(),
    })).catch((error: unknown) => {
      kept = false;
      log.warn(error instanceof Error ? error.message : String(error));
    });
  };
}
