import type { Parsed } from "@openclaw/protocol";
import { invalidRequest } from "./answers.ts";
import { CLOSES, refusalClose } from "./close-codes.ts";
import type { Connection } from "./connection.ts";
import { requestSchema } from "./dispatch.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { joinNode } from "./grant-surface.ts";
import { judgeConnect } from "./handshake.ts";
import { helloPayload } from "./hello.ts";
import type { MethodTable } from "./method-table.ts";
import { shownName } from "./plain-object.ts";
import { check } from "./validation-text.ts";

/** The first frame of a client must be a connect; everything else ends the socket. Source: protocol section 3.1. */
export function firstFrame(
  parts: GatewayParts,
  methods: MethodTable,
  connection: Connection,
  json: Parsed<unknown>,
): void {
  if (!json.ok) {
    connection.close(CLOSES.quiet);
    return;
  }
  const frame = check(requestSchema, json.value, parts.rules);
  if (!frame.ok) {
    connection.close(CLOSES.notARequest);
    return;
  }
  const { id, method, params } = frame.value;
  if (method !== "connect") {
    connection.answer(id, invalidRequest(CLOSES.notConnectFirst.reason));
    connection.close(CLOSES.notConnectFirst);
    return;
  }
  const scripted = parts.refuse();
  const verdict =
    scripted === undefined
      ? judgeConnect(parts, connection, params)
      : ({ ok: false, close: refusalClose(scripted.error.message), ...scripted } as const);
  if (!verdict.ok) {
    connection.answer(id, { ok: false, error: verdict.error });
    parts.emit({ type: "connect-refused", client: connection.ref, error: verdict.error });
    connection.close(verdict.close);
    return;
  }
  const { session } = verdict;
  connection.session = session;
  const names = Object.keys(methods);
  const hello = helloPayload(parts, connection, session, verdict.method, verdict.token, names);
  // The node is known before hello leaves, so that whoever sees the hello can call it.
  if (session.role === "node") joinNode(parts, connection, session);
  connection.answer(id, { ok: true, payload: hello });
  greet(parts, connection);
  const { displayName } = session.connect.client;
  parts.emit({
    type: "client-connected",
    client: connection.ref,
    ...(displayName === undefined ? {} : { displayName }),
    remote: connection.origin.remote,
    protocol: parts.rules.protocol,
  });
  const who = displayName ?? session.deviceId?.slice(0, 12) ?? connection.id;
  parts.log(`${session.role} ${shownName(who)} connected`);
}

/** Events about voice that every client gets right after hello and that a node may ignore. */
function greet(parts: GatewayParts, connection: Connection): void {
  connection.event("voicewake.changed", { triggers: ["openclaw"] });
  if (parts.rules.surfaceApproval !== "live") return;
  const config = { version: 1, defaultTarget: { mode: "current" }, routes: [], updatedAtMs: 0 };
  connection.event("voicewake.routing.changed", { config });
}
