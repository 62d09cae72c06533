import type { ClientProfile } from "@openclaw/gateway-connection";
import { clientPlatform } from "@openclaw/protocol";
import { VERSION } from "../version.ts";
import { declaredCommands } from "./declared-commands.ts";
import type { NodeFile } from "./node-file.ts";
import { runEnvironment } from "./run-environment.ts";

/** Who this node host says it is. */
export function nodeProfile(
  node: NodeFile,
  env: Readonly<Record<string, string | undefined>>,
): ClientProfile {
  const environment = runEnvironment({ hostEnv: env, platform: process.platform });
  return {
    id: "node-host",
    mode: "node",
    role: "node",
    version: VERSION,
    ...clientPlatform(process.platform),
    displayName: node.displayName,
    instanceId: node.nodeId,
    scopes: [],
    caps: ["system"],
    commands: declaredCommands(node),
    pathEnv: environment.ok ? environment.env["PATH"] : undefined,
  };
}
