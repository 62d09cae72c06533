import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { queryFields } from "../fields.ts";
import { elementError } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { keepRefs } from "../refs/tab-refs.ts";
import { done } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";
import { ariaNodes } from "./ax-nodes.ts";
import { cutText } from "./cut-text.ts";
import { interactiveRoles } from "./known-roles.ts";
import { labelPage } from "./labels.ts";
import { linkList } from "./link-list.ts";
import { countNewElements } from "./new-elements.ts";
import type { Binding } from "./bindings.ts";
import { refsOfText, shapedAriaSnapshot } from "./ref-snapshot.ts";
import { shapedRoleSnapshot } from "./role-snapshot.ts";
import type { RefSnapshot, RefTarget } from "./ref-snapshot.ts";
import { readSnapshotQuery } from "./snapshot-query.ts";
import type { SnapshotQuery } from "./snapshot-query.ts";

/** For a page that is busy, in milliseconds; the call's own time may be shorter. */
const snapshotMs = 60_000;
/** For an element that the caller named: it is there or it is not. */
const scopeMs = 5_000;

type AiQuery = SnapshotQuery & { readonly format: "ai" };

/** `GET /snapshot` (browser proxy section 8.3) */
export async function snapshotRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const query = readSnapshotQuery(queryFields(call.query));
  const { page, tab } = context;
  const head = { ok: true, format: query.format, targetId: tab.targetId };
  if (query.format === "aria") {
    const session = await unlessAborted(context, context.cdp());
    const { nodes } = await unlessAborted(context, session.send("Accessibility.getFullAXTree"));
    return done({ ...head, url: page.url(), nodes: ariaNodes(nodes, query.limit) });
  }
  const whole = await take(context, query);
  const cut = cutText(whole.text, query.maxChars);
  const refs = refsIn(cut, whole.refs);
  const isNew = context.era === "2026.9";
  const view = JSON.stringify([page.url(), { ...query, labels: false, urls: false }]);
  keepRefs(tab, bindingsOf(refs, whole.bindings));
  const newElements = query.way === "plain" ? undefined : countNewElements(tab, view, refs);
  const labels = query.labels ? await labelPage(context, refs, whole.boxes, query.frame) : {};
  const hasLinks = isNew && query.urls && !cut.isCut;
  const text = hasLinks ? cut.text + (await linkList(context, query.maxChars - cut.text.length)) : cut.text;
  return done({
    ...head,
    url: page.url(),
    ...labels,
    snapshot: text,
    ...(cut.isCut ? { truncated: true } : {}),
    refs: Object.fromEntries(refs),
    ...(query.way === "plain" && !isNew ? {} : { stats: statsOf(text, refs) }),
    ...(isNew && newElements !== undefined ? { newElements } : {}),
  });
}

/** Those that stand in what is left of the text. */
function refsIn(
  cut: ReturnType<typeof cutText>,
  refs: ReadonlyMap<string, RefTarget> | undefined,
): ReadonlyMap<string, RefTarget> {
  if (refs !== undefined && !cut.isCut) return refs;
  const inText = refsOfText(cut.kept);
  return refs === undefined ? inText : new Map([...refs].filter(([ref]) => inText.has(ref)));
}

/** Without bindings of its own, a reference is Playwright's. */
function bindingsOf(
  refs: ReadonlyMap<string, RefTarget>,
  bindings: ReadonlyMap<string, Binding> | undefined,
): ReadonlyMap<string, Binding> {
  return new Map([...refs.keys()].map((ref) => [ref, bindings?.get(ref) ?? { aria: ref }]));
}

/** The references of a plain snapshot are read when it is cut: most of a large one is never shown. */
type Taken = Pick<RefSnapshot, "text" | "boxes"> & {
  readonly [Key in "refs" | "bindings"]: RefSnapshot[Key] | undefined;
};

async function take(context: PageContext, query: AiQuery): Promise<Taken> {
  const { page } = context;
  const bounds = actionBounds(context, snapshotMs);
  if (query.way !== "role") {
    const text = await unlessAborted(
      context,
      page.ariaSnapshot({ mode: "ai", boxes: query.labels, ...bounds }),
    );
    return query.way === "plain"
      ? { text, refs: undefined, boxes: new Map(), bindings: undefined }
      : shapedAriaSnapshot(text, query);
  }
  const scope = query.frame === undefined ? page : page.frameLocator(query.frame);
  const root = scope.locator(query.selector ?? ":root");
  const isNamed = query.selector !== undefined || query.frame !== undefined;
  try {
    if (isNamed) await root.waitFor({ state: "attached", ...actionBounds(context, scopeMs) });
    return shapedRoleSnapshot(
      await unlessAborted(context, root.ariaSnapshot({ mode: "ai", boxes: query.labels, ...bounds })),
      query,
    );
  } catch (error) {
    throw elementError(error, query.selector ?? query.frame ?? ":root");
  }
}

function statsOf(text: string, refs: ReadonlyMap<string, RefTarget>): Readonly<Record<string, number>> {
  const interactive = [...refs.values()].filter(({ role }) => interactiveRoles.has(role)).length;
  return { lines: text.split("\n").length, chars: text.length, refs: refs.size, interactive };
}
