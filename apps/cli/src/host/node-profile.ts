import type { ClientProfile } from "@openclaw/gateway-connection";
import { BROWSER_COMMAND, clientPlatform } from "@openclaw/protocol";
import { VERSION } from "../version.ts";
import { declaredCommands } from "./declared-commands.ts";
import type { NodeFile } from "./node-file.ts";
import { runEnvironment } from "./run-environment.ts";
import { withRunPath } from "./run-path.ts";

/** Who this node host says it is; `browser`: does the configuration leave the browser on? */
export function nodeProfile(
  node: NodeFile,
  env: Readonly<Record<string, string | undefined>>,
  browser: boolean,
): ClientProfile {
  const commands = declaredCommands({ ...node, browser });
  const environment = runEnvironment({ hostEnv: withRunPath(env, node.path), platform: process.platform });
  return {
    id: "node-host",
    mode: "node",
    role: "node",
    version: VERSION,
    ...clientPlatform(process.platform),
    displayName: node.displayName,
    instanceId: node.nodeId,
    scopes: [],
    caps: commands.includes(BROWSER_COMMAND) ? ["system", "browser"] : ["system"],
    commands,
    pathEnv: environment.ok ? environment.env["PATH"] : undefined,
  };
}
