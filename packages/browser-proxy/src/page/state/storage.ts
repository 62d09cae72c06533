import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { browserProxyLimits } from "../../limits.ts";
import { bodyFields, queryFields, rawTextField, textField } from "../fields.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { scriptCall } from "../page-script.ts";
import { done, operationFailed, RouteRefusal } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";

const readStorage = `({ kind, key, limit }) => {
  const storage = kind === "session" ? sessionStorage : localStorage;
  const keys = key === null ? Object.keys(storage) : [key];
  const values = Object.fromEntries(keys.map((one) => [one, storage.getItem(one)]).filter(([, value]) => value !== null));
  const json = JSON.stringify(values);
  return json.length > limit ? null : json;
}`;
const writeStorage =
  '({ kind, key, value }) => { (kind === "session" ? sessionStorage : localStorage).setItem(key, value); }';
const clearStorage = '(kind) => { (kind === "session" ? sessionStorage : localStorage).clear(); }';

/** `GET /storage/:kind`: of the origin that the page is on. */
export async function storageRoute(context: PageContext, request: PageRequest): Promise<RouteOutcome> {
  const kind = readKind(request);
  const key = textField(queryFields(request.call.query), "key") ?? null;
  const limit = browserProxyLimits.maxBodyChars;
  const json = await run(context, scriptCall(readStorage, { kind, key, limit }));
  if (typeof json !== "string" || json.length > limit)
    throw operationFailed("the storage is over its limit; ask for one key");
  const values: unknown = JSON.parse(json);
  return done({ ok: true, targetId: context.tab.targetId, values });
}

/** `POST /storage/:kind/set` */
export async function setStorageRoute(context: PageContext, request: PageRequest): Promise<RouteOutcome> {
  const kind = readKind(request);
  const body = bodyFields(request.call.body);
  const key = textField(body, "key");
  if (key === undefined) throw new RouteRefusal(400, "key is required");
  const { storageChars } = browserProxyLimits;
  const value = rawTextField(body, "value", storageChars) ?? textField(body, "value", storageChars) ?? "";
  await run(context, scriptCall(writeStorage, { kind, key, value }));
  return done({ ok: true, targetId: context.tab.targetId });
}

/** `POST /storage/:kind/clear` */
export async function clearStorageRoute(context: PageContext, request: PageRequest): Promise<RouteOutcome> {
  await run(context, scriptCall(clearStorage, readKind(request)));
  return done({ ok: true, targetId: context.tab.targetId });
}

function run(context: PageContext, script: string): Promise<unknown> {
  return unlessAborted(context, context.page.evaluate<unknown>(script));
}

function readKind({ admitted }: PageRequest): "local" | "session" {
  const kind = admitted.match.parts.get("kind");
  if (kind === "local" || kind === "session") return kind;
  throw new RouteRefusal(400, "kind must be local|session");
}
