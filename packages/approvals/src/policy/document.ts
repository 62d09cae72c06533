import type { ExecAsk, ExecSecurity } from "@openclaw/protocol";
import type { PolicyProblem } from "../rule.ts";

/** An allowlist entry as the engine uses it. */
export interface PolicyEntry {
  readonly pattern: string;
  readonly id?: string | undefined;
  readonly source?: "allow-always" | undefined;
  readonly argPattern?: string | undefined;
  /** SHA-256 that the content of the file must have, in lower-case hex. */
  readonly contentSha256?: string | undefined;
  /** SHA-256 of the whole command that the program must be part of; see `launchSha256`. */
  readonly launchSha256?: string | undefined;
}

/** A deny entry: wins over everything, also over an approval. */
export interface PolicyDenyEntry {
  readonly pattern: string;
  /** Denies only these arguments; absent denies the program with any. */
  readonly argPattern?: string | undefined;
  readonly reason?: string | undefined;
}

/** The scalar values of a policy. */
export interface PolicyValues {
  readonly security: ExecSecurity;
  readonly ask: ExecAsk;
  readonly askFallback: ExecSecurity;
  readonly autoAllowSkills: boolean;
}

/** The values that one place of the policy sets. */
export type PolicyScope = {
  readonly [K in keyof PolicyValues]?: PolicyValues[K] | undefined;
};

export interface PolicyAgent extends PolicyScope {
  readonly allowlist: readonly PolicyEntry[];
  readonly deny: readonly PolicyDenyEntry[];
}

/** The part of the policy file that decides. */
export interface PolicyDocument {
  readonly defaults: PolicyScope;
  readonly agents: ReadonlyMap<string, PolicyAgent>;
}

/** An allowlist entry with everything that stands in the file. */
export interface EntryJson {
  readonly pattern: string;
  readonly [key: string]: unknown;
}

export interface DenyJson {
  readonly pattern: string;
  readonly reason?: string | undefined;
  readonly [key: string]: unknown;
}

export interface AgentJson extends PolicyScope {
  readonly allowlist?: readonly EntryJson[] | undefined;
  readonly deny?: readonly DenyJson[] | undefined;
  readonly [key: string]: unknown;
}

export type AgentsJson = Readonly<Record<string, AgentJson>>;

/** The whole file, normalised, with every key that this engine does not know. */
export interface PolicyJson {
  readonly version: 1;
  readonly socket?: Readonly<Record<string, unknown>> | undefined;
  readonly defaults?: PolicyScope | undefined;
  readonly agents?: AgentsJson | undefined;
  readonly [key: string]: unknown;
}

/** A policy as read. `hash` names the exact text (`missing:…` when there was none). */
export type LoadedPolicy =
  | {
      readonly kind: "ok";
      readonly exists: boolean;
      readonly hash: string;
      readonly document: PolicyDocument;
      readonly json: PolicyJson;
    }
  | {
      readonly kind: "malformed";
      readonly exists: true;
      readonly hash: string;
      readonly problem: PolicyProblem;
    };
