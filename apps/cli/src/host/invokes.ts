import { RUN_LIMITS } from "@openclaw/executor";
import {
  invokeCancelSchema,
  invokeRequestSchema,
  LIMITS,
  parseWith,
  type EventFrame,
  type InvokeRequest,
} from "@openclaw/protocol";
import { ConnectionError, type Session } from "@openclaw/gateway-connection";
import { within } from "./deadline.ts";
import { refuse, type HostContext, type InvokeAnswer, type InvokeCall } from "./host-context.ts";
import { LateFinishes } from "./late-finishes.ts";
import { InvokeLedger } from "./invoke-ledger.ts";
import { surfaceEra } from "./surface-watch.ts";

export const INVOKE_LIMITS = {
  /** Invokes that are worked on at the same time: more than one read from the socket can hold beside full queues. */
  active: 1024,
  /** Part of the Gateway's frame limit that a payload may fill. */
  payloadShare: 0.9,
  /** How long an answer may take to be acknowledged; milliseconds. */
  answerMs: 30_000,
  /** How long a stop waits for what is left when a killed run must be over, and again for answers on their way; milliseconds. */
  stopMs: 150,
} as const;

interface ActiveInvoke {
  readonly abort: AbortController;
  readonly worked: Promise<unknown>;
  readonly session: Session;
  readonly life: InvokeLife;
}

interface InvokeLife {
  /** Does it go on when its connection ends? */
  goesOn: boolean;
}

/** What cannot be remembered is not run: it might be asked for again. */
const TOO_MANY = refuse(
  "UNAVAILABLE",
  "UNAVAILABLE: busy, more calls came in ten minutes than this host can remember",
);

const TOO_LARGE = refuse("UNAVAILABLE", "UNAVAILABLE: the answer is larger than the Gateway takes");

/** Takes invokes from a session, answers each exactly once, and ends them with their connection. */
export class Invokes {
  readonly #context: HostContext;
  readonly #deviceId: string;
  readonly #ledger: InvokeLedger;
  /** What is worked on; an answer on its way takes no place here. */
  readonly #active = new Map<string, ActiveInvoke>();
  readonly #answering = new Map<string, Promise<void>>();
  readonly #late: LateFinishes;
  /** Connections that ended while something of theirs went on. */
  readonly #lost = new WeakSet<Session>();
  #dispatch: typeof import("./dispatch.ts") | undefined;
  #prepareSeenOn: Session | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: HostContext, deviceId: string, ledger: InvokeLedger = new InvokeLedger()) {
    this.#ledger = ledger;
    this.#context = context;
    this.#deviceId = deviceId;
    this.#late = new LateFinishes(context.log);
  }

  get activeCount(): number {
    return this.#active.size;
  }

  /** Loads what answers invokes; until somebody is connected nobody waits for it. */
  async prepare(): Promise<typeof import("./dispatch.ts") | undefined> {
    try {
      this.#dispatch = await import("./dispatch.ts");
    } catch (error) {
      this.#context.log.error(
        `cannot load the rest of this program (${messageOf(error)}); it was probably updated meanwhile: openclaw node restart`,
      );
    }
    return this.#dispatch;
  }

  onReady(session: Session): void {
    this.#late.onReady(session);
  }

  onEvent(event: EventFrame, session: Session): void {
    if (event.event === "node.invoke.cancel") {
      const cancel = parseWith(invokeCancelSchema, event.payload, event.event);
      if (cancel.ok && !this.#isOthers(event.payload)) this.#active.get(cancel.value.invokeId)?.abort.abort();
      return;
    }
    if (event.event !== "node.invoke.request") return;
    const parsed = parseWith(invokeRequestSchema, event.payload, event.event);
    if (parsed.ok) this.#admit(parsed.value, session);
    else this.#answerMalformed(event.payload, parsed.error.message, session);
  }

  /** Is it meant for another node? */
  #isOthers(payload: unknown): boolean {
    const nodeId: unknown =
      typeof payload === "object" && payload !== null ? Reflect.get(payload, "nodeId") : undefined;
    return typeof nodeId === "string" && nodeId !== this.#deviceId;
  }

  /** Ends what belongs to a connection and may not go on: its Gateway has reported failure already. */
  endSession(): void {
    this.#late.onEnd();
    let goOn = 0;
    for (const { abort, session, life } of this.#active.values()) {
      if (!life.goesOn) abort.abort();
      else if (!this.#lost.has(session)) goOn += 1;
    }
    for (const { session, life } of this.#active.values()) if (life.goesOn) this.#lost.add(session);
    if (goOn > 0)
      this.#context.log.info(
        `${goOn === 1 ? "1 run goes" : `${goOn} runs go`} on without a connection; results are kept: openclaw node runs list`,
      );
  }

  /** Ends all invokes; resolves when each is answered, and in any case soon after the kill grace. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const { stopMs } = INVOKE_LIMITS;
    for (const { abort } of this.#active.values()) abort.abort();
    const working = [...this.#active.values()].map(({ worked }) => worked);
    const graceMs = this.#context.killGraceMs ?? RUN_LIMITS.killGraceMs;
    await within(graceMs + RUN_LIMITS.drainMs + stopMs, Promise.allSettled(working));
    await within(stopMs, Promise.allSettled(this.#answering.values()));
  }

  #admit(request: InvokeRequest, session: Session): void {
    const known = this.#ledger.id(request.id);
    if (known === "again") return;
    if (request.command === "system.run.prepare") this.#prepareSeenOn = session;
    const refusal = known === "full" ? TOO_MANY : this.#refusalOf(request);
    if (refusal !== undefined) {
      this.#answer(request, session, refusal);
      return;
    }
    const abort = new AbortController();
    const life = { goesOn: false };
    const worked = this.#work(request, session, abort.signal, life);
    this.#active.set(request.id, { abort, session, worked, life });
  }

  #refusalOf(request: InvokeRequest): InvokeAnswer | undefined {
    if (request.nodeId !== this.#deviceId)
      return refuse("INVALID_REQUEST", "INVALID_REQUEST: nodeId is not this node");
    if (this.#closing !== undefined) return refuse("UNAVAILABLE", "UNAVAILABLE: the node host is stopping");
    if (this.#active.size >= INVOKE_LIMITS.active) {
      return refuse("UNAVAILABLE", `UNAVAILABLE: busy, ${INVOKE_LIMITS.active} calls are being worked on`);
    }
    // Asked last: a key whose invoke was refused for another reason may come again.
    if (request.idempotencyKey === undefined) return undefined;
    const known = this.#ledger.key(request.idempotencyKey);
    if (known === "full") return TOO_MANY;
    if (known === "new") return undefined;
    return refuse(
      "INVALID_REQUEST",
      "INVALID_REQUEST: this idempotency key was used already; nothing was run again",
    );
  }

  async #work(
    request: InvokeRequest,
    session: Session,
    signal: AbortSignal,
    life: InvokeLife,
  ): Promise<void> {
    const call: InvokeCall = {
      id: request.id,
      signal,
      protocol: session.hello.protocol,
      newestGateway: surfaceEra(session.hello) === "told",
      sessionKey: request.sessionKey,
      gatewayVersion: session.hello.server.version,
      prepareSeen: this.#prepareSeenOn === session,
      timeoutMs: request.timeoutMs,
      maxPayloadBytes: session.hello.policy.maxPayload * INVOKE_LIMITS.payloadShare,
      goOn: () => {
        life.goesOn = true;
      },
      sendEvent: (event, payload) => {
        if (event === "exec.finished" && this.#lost.has(session))
          this.#late.hold(request.id, session, payload);
        else this.#sendEvent(session, event, payload);
      },
    };
    const dispatch = this.#dispatch ?? (await this.prepare());
    const answer =
      dispatch === undefined
        ? refuse("UNAVAILABLE", "UNAVAILABLE: the node host must be restarted")
        : await dispatch.dispatchInvoke(request, call, this.#context);
    this.#active.delete(request.id);
    this.#answer(request, session, answer);
  }

  /** What carries an id is answered, so that whoever asked need not wait for a time-out. */
  #answerMalformed(payload: unknown, problem: string, session: Session): void {
    this.#context.log.warn(`refused an invoke that does not follow the protocol: ${problem}`);
    const id: unknown =
      typeof payload === "object" && payload !== null ? Reflect.get(payload, "id") : undefined;
    if (typeof id !== "string" || id === "" || id.length > LIMITS.nameChars) return;
    if (this.#ledger.id(id) === "again") return;
    const answer = refuse("INVALID_REQUEST", `INVALID_REQUEST: ${problem}`);
    this.#answer({ id, command: "a malformed invoke" }, session, answer);
  }

  #answer(request: Pick<InvokeRequest, "id" | "command">, session: Session, answer: InvokeAnswer): void {
    this.#context.meter?.invoke(request.command, answer.ok ? undefined : answer.code);
    // No id comes twice, and nothing is sent in less than a turn.
    this.#answering.set(request.id, this.#send(request, session, answer));
  }

  async #send(
    request: Pick<InvokeRequest, "id" | "command">,
    session: Session,
    answer: InvokeAnswer,
  ): Promise<void> {
    const base = { id: request.id, nodeId: this.#deviceId };
    const params = answer.ok
      ? { ...base, ok: true, payloadJSON: answer.payloadJSON ?? JSON.stringify(answer.payload) }
      : { ...base, ok: false, error: { code: answer.code, message: answer.message } };
    try {
      const { answerMs: timeoutMs } = INVOKE_LIMITS;
      const taken = !isIgnored(await session.request("node.invoke.result", params, { timeoutMs }));
      if (answer.ok) answer.onSent?.(taken);
    } catch (error) {
      if (answer.ok) {
        answer.onSent?.(false);
        this.#late.notTaken(request.id, () => answer.onSent?.(true));
      }
      if (answer !== TOO_LARGE && error instanceof ConnectionError && error.code === "too-large") {
        await this.#send(request, session, TOO_LARGE);
        return;
      }
      this.#context.log.warn(`the answer to ${request.command} was not taken`, {
        invokeId: request.id,
        error: messageOf(error),
      });
    }
    this.#answering.delete(request.id);
  }

  #sendEvent(session: Session, event: string, payload: unknown): void {
    session.request("node.event", { event, payloadJSON: JSON.stringify(payload) }).catch((error: unknown) => {
      this.#context.log.debug(`the event ${event} was not taken`, { error: messageOf(error) });
    });
  }
}

/** A Gateway that no longer waits says so: nobody got the answer. Source: protocol section 4.3. */
function isIgnored(reply: unknown): boolean {
  return typeof reply === "object" && reply !== null && Reflect.get(reply, "ignored") === true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
