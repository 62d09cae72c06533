import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PreparedPlans } from "@openclaw/approvals";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import { ActiveRuns } from "./active-runs.ts";
import type { AuditRecord, AuditSink } from "./audit.ts";
import type { HostContext } from "./host-context.ts";
import { PolicyStore } from "./policy-store.ts";
import { runFacts } from "./run-environment.ts";
import { RunSlots } from "./run-slots.ts";
import { linesLog, scratchDir } from "./scratch.test.support.ts";
import { SkillPrograms } from "./skill-programs.ts";
import { UsageRecorder } from "./usage-recorder.ts";

export interface HostScene {
  readonly dir: string;
  readonly context: HostContext;
  readonly log: string[];
  /** What was audited, oldest first. */
  readonly audited: AuditRecord[];
}

export const FULL_POLICY = { version: 1, defaults: { security: "full", ask: "off" } } as const;

/** Everything that handlers use, real but for the audit, which is a list. */
export function hostScene(policy: object = FULL_POLICY, more: Partial<HostContext> = {}): HostScene {
  const dir = scratchDir();
  const log: string[] = [];
  const audited: AuditRecord[] = [];
  const store = new PolicyStore(join(dir, "exec-approvals.json"));
  writeFileSync(store.path, JSON.stringify(policy), { mode: 0o600 });
  const hostLog = linesLog(log);
  const audit: AuditSink = { record: (record) => void audited.push(record), close: () => undefined };
  const machine = { home: dir, hostCwd: dir, platform: process.platform };
  const hostEnv = { PATH: process.env["PATH"], HOME: dir };
  const context: HostContext = {
    policy: store,
    prepared: new PreparedPlans(),
    usage: new UsageRecorder(store, hostLog),
    audit,
    log: hostLog,
    node: { version: 1, nodeId: "n-1" },
    exec: {},
    pause: { current: () => undefined },
    active: new ActiveRuns(),
    slots: new RunSlots(),
    skills: new SkillPrograms({
      policy: store,
      facts: () => runFacts(machine, { PATH: process.env["PATH"] ?? "" }),
      log: hostLog,
    }),
    ...machine,
    hostEnv,
    killGraceMs: 200,
    ...more,
  };
  return { dir, context, log, audited };
}

export interface SentRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A session that keeps what is sent over it. */
export interface KeepingSession extends Session {
  readonly sent: SentRequest[];
  /** The answers to invokes, by invoke id. */
  results(): Map<string, Readonly<Record<string, unknown>>>;
  /** Resolves when so many invokes are answered. */
  answered(count: number): Promise<void>;
}

export function keepingSession(
  fail?: (sent: SentRequest) => ConnectionError | Promise<never> | undefined,
): KeepingSession {
  const sent: SentRequest[] = [];
  const waiting = new Set<() => void>();
  const answers = (): SentRequest[] => sent.filter(({ method }) => method === "node.invoke.result");
  return {
    sent,
    hello: {
      type: "hello-ok",
      protocol: 4,
      server: { version: "2026.9.6", connId: "c" },
      features: { methods: [], events: [] },
      policy: { maxPayload: 524_288, tickIntervalMs: 30_000 },
    },
    closed: new Promise(() => undefined),
    close: () => Promise.reject(new Error("not closed here")),
    request: async (method, params) => {
      const request = { method, params: params as Readonly<Record<string, unknown>> };
      const failure = fail?.(request);
      if (failure instanceof ConnectionError) throw failure;
      sent.push(request);
      for (const look of waiting) look();
      if (failure !== undefined) await failure;
      return { ok: true };
    },
    results: () => new Map(answers().map(({ params }) => [String(params["id"]), params])),
    answered: async (count) => {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (answers().length >= count) resolve();
        };
        waiting.add(look);
        look();
      });
    },
  };
}
