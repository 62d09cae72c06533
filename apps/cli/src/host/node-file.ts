import { randomUUID } from "node:crypto";
import { parseJsonDocument, readStateFile, StoreError, updateStateFile } from "@openclaw/config-store";
import type { TlsInput } from "@openclaw/gateway-connection";
import { parseWith } from "@openclaw/protocol";
import * as z from "zod/mini";
import { maskSettingsSchema, type MaskSettings } from "../masking/mask-settings.ts";
import { CliError } from "../errors.ts";
import { HOST_COMMANDS, type HostCommand } from "./declared-commands.ts";
import type { HeaderSources } from "./gateway-headers.ts";
import { perAgentSchema, type PerAgent } from "./per-agent.ts";
import { limitSettingsSchema, type LimitSettings } from "./run-limits.ts";
import { pathSettingSchema, type PathSetting } from "./run-path.ts";
import { shellSettingSchema, type ShellSetting } from "./run-shell.ts";
import { sandboxSettingsSchema, type SandboxSettings } from "./sandbox-settings.ts";
import { SLOT_LIMITS } from "./run-slots.ts";

/** `tlsPins` and `tlsCa` are ours: older releases go by `tlsFingerprint` alone. */
export interface GatewayAddress extends TlsInput {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Where the values of extra headers come from, by name; ours. */
  readonly headers?: HeaderSources | undefined;
  readonly contextPath?: string | undefined;
}

/**
 * Content of `node.json`: the first five keys as in the releases of February 2026, the
 * rest ours. Unknown keys survive every write.
 */
export interface NodeFile {
  readonly version: 1;
  /** The instance id; the Gateway's node id is the device id. */
  readonly nodeId: string;
  readonly token?: string | undefined;
  readonly displayName?: string | undefined;
  readonly gateway?: GatewayAddress | undefined;
  /** May the Gateway edit the policy? Absent means free. */
  readonly policyEdits?: PolicyEdits | undefined;
  /** May the Gateway's operator approve single runs? Absent means on. */
  readonly gatewayApprovals?: "on" | "off" | undefined;
  /** Are approved runs without a plan accepted from Gateways that know no plans? */
  readonly legacyApprovals?: boolean | undefined;
  /** Does what cannot be audited run? Absent means refuse. */
  readonly auditFailure?: AuditFailure | undefined;
  /** Runs at the same time; the others wait in turn. Absent: from cores and memory. */
  readonly maxConcurrentRuns?: number | undefined;
  /** What runs may use. Absent means no limits. */
  readonly limits?: LimitSettings | undefined;
  /** What becomes of runs whose connection is lost. Absent means end. */
  readonly onDisconnect?: OnDisconnect | undefined;
  /** Seconds without output after which a run is ended. Absent means never. */
  readonly idleSeconds?: PerAgent<number> | undefined;
  /** The shell for texts that Gateways send. Absent means the one that they ask for. */
  readonly shell?: ShellSetting | undefined;
  /** The search path of runs. Absent means the directories of the system first. */
  readonly path?: PathSetting | undefined;
  /** Sandboxes for runs. Absent means none. */
  readonly sandbox?: SandboxSettings | undefined;
  /** Secrets that are taken out of the output of runs. Absent means none. */
  readonly maskOutput?: MaskSettings | undefined;
  /** What is offered to the Gateway. Absent means everything. */
  readonly commands?: readonly HostCommand[] | undefined;
  /** What the saved Gateway is known to have approved; names of other versions of this program may be among them. */
  readonly approvedCommands?: readonly string[] | undefined;
  /** Was this Gateway joined by a pairing code? Then its device token goes before tokens of the environment. */
  readonly pairedByCode?: boolean | undefined;
  /** When this state directory first had a working connection; milliseconds since the epoch. */
  readonly firstConnectedAtMs?: number | undefined;
}

export type AuditFailure = "refuse" | "warn";
export type OnDisconnect = "end" | "continue";
export type PolicyEdits = "free" | "narrow" | "off";

/** The longest silence that can be allowed; seconds: a week. */
const MAX_IDLE_SECONDS = 604_800;
/** Names in one list of commands. */
const MAX_SAVED_COMMANDS = 256;

const text = z.string().check(z.maxLength(4096));
const name = z.string().check(z.minLength(1), z.maxLength(4096));
/** Official programs write null where they mean absent. */
const orAbsent = z.pipe(
  z.nullish(text),
  z.transform((value: string | null | undefined) => value ?? undefined),
);

const nodeFileSchema: z.ZodMiniType<NodeFile> = z.looseObject({
  version: z.literal(1),
  nodeId: name,
  token: orAbsent,
  displayName: orAbsent,
  gateway: z.optional(
    z.looseObject({
      host: name,
      port: z.int().check(z.minimum(1), z.maximum(65_535)),
      tls: z.pipe(
        z.nullish(z.boolean()),
        z.transform((tls: boolean | null | undefined) => tls ?? false),
      ),
      tlsFingerprint: orAbsent,
      tlsPins: z.optional(z.array(text)),
      tlsCa: z.optional(name),
      headers: z.optional(z.record(name, name)),
      contextPath: orAbsent,
    }),
  ),
  policyEdits: z.optional(z.enum(["free", "narrow", "off"])),
  gatewayApprovals: z.optional(z.enum(["on", "off"])),
  legacyApprovals: z.optional(z.boolean()),
  auditFailure: z.optional(z.enum(["refuse", "warn"])),
  maxConcurrentRuns: z.optional(z.int().check(z.minimum(1), z.maximum(SLOT_LIMITS.concurrent))),
  limits: z.optional(limitSettingsSchema),
  shell: z.optional(shellSettingSchema),
  path: z.optional(pathSettingSchema),
  sandbox: z.optional(sandboxSettingsSchema),
  maskOutput: z.optional(maskSettingsSchema),
  onDisconnect: z.optional(z.enum(["end", "continue"])),
  idleSeconds: z.optional(perAgentSchema(z.int().check(z.minimum(1), z.maximum(MAX_IDLE_SECONDS)))),
  commands: z.optional(z.array(z.enum(HOST_COMMANDS)).check(z.minLength(1), z.maxLength(MAX_SAVED_COMMANDS))),
  approvedCommands: z.optional(z.array(name).check(z.maxLength(MAX_SAVED_COMMANDS))),
  pairedByCode: z.optional(z.boolean()),
  firstConnectedAtMs: z.optional(z.number()),
});

/** Reads `node.json`; undefined when there is none yet. Throws `bad-node-file` or a StoreError. */
export function readNodeFile(path: string): NodeFile | undefined {
  const file = readStateFile(path, { what: "settings file" });
  return file.kind === "absent" ? undefined : parseNodeFile(file.text, path);
}

export function parseNodeFile(content: string, path: string): NodeFile {
  // Editors of Windows begin a file with a mark that is no part of its text.
  const value = parseJsonDocument(content.replace(/^\uFEFF/u, ""), { what: `\`${path}\`` });
  const parsed = parseWith(nodeFileSchema, value, `\`${path}\` is not valid`);
  if (parsed.ok) return parsed.value;
  throw new CliError("bad-node-file", parsed.error.message, [
    "mend that value, or move the file away to start anew with a fresh instance id",
  ]);
}

export function newNodeFile(): NodeFile {
  return { version: 1, nodeId: randomUUID() };
}

/** Changes `node.json` under its lock, keeping whatever it does not know. Makes it when absent; writes only what is new. */
export async function updateNodeFile(
  path: string,
  change: (before: NodeFile) => NodeFile,
): Promise<NodeFile> {
  let result: NodeFile | undefined;
  await updateStateFile(
    path,
    (content) => {
      result = change(content === undefined ? newNodeFile() : parseNodeFile(content, path));
      const next = `${JSON.stringify(result, null, 2)}\n`;
      return next === content ? undefined : next;
    },
    { what: "settings file" },
  );
  if (result === undefined) throw new StoreError("write-failed", `\`${path}\` was not written`);
  return result;
}
