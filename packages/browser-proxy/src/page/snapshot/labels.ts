import { browserProxyLimits } from "../../limits.ts";
import { takePicture } from "../capture/picture.ts";
import type { PageContext } from "../page-route.ts";
import { scriptCall } from "../page-script.ts";
import { orRefuse } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";
import type { Box } from "./aria-line.ts";
import type { RefTarget } from "./ref-snapshot.ts";

interface Label {
  readonly ref: string;
  readonly box: Box;
}

/** For an element that has gone meanwhile, in milliseconds. */
const boxMs = 1_000;
const holderId = "openclaw-labels";

/** Runs in the page: one closed holder with a frame and a name for each element. */
const drawLabels = `({ labels, holderId }) => {
  const holder = document.createElementNS("http://www.w3.org/1999/xhtml", "div");
  holder.id = holderId;
  holder.setAttribute("aria-hidden", "true");
  holder.style.cssText = "position:fixed;inset:0;pointer-events:none;z-index:2147483647";
  const shadow = holder.attachShadow({ mode: "closed" });
  for (const { ref, box } of labels) {
    const frame = document.createElementNS("http://www.w3.org/1999/xhtml", "div");
    frame.style.cssText = "position:fixed;box-sizing:border-box;border:2px solid #ff4500;left:" + box.x + "px;top:" + box.y
      + "px;width:" + box.width + "px;height:" + box.height + "px";
    const tag = document.createElementNS("http://www.w3.org/1999/xhtml", "div");
    tag.textContent = ref;
    tag.style.cssText = "position:fixed;left:" + box.x + "px;top:" + Math.max(0, box.y - 14)
      + "px;background:#ff4500;color:#fff;font:bold 11px/14px monospace;padding:0 3px";
    shadow.append(frame, tag);
  }
  document.documentElement.append(holder);
}`;
const removeLabels = "(id) => { document.getElementById(id)?.remove(); }";

/** Marks the elements of a snapshot that are in the viewport, takes a picture, and removes the marks again. */
export async function labelPage(
  context: PageContext,
  refs: ReadonlyMap<string, RefTarget>,
  boxes: ReadonlyMap<string, Box>,
  frame: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const { page, era } = context;
  const view = await unlessAborted(
    context,
    page.evaluate<{ width: number; height: number }>("({ width: innerWidth, height: innerHeight })"),
  );
  const offset = frame === undefined ? { x: 0, y: 0 } : await placeOf(context, frame);
  const labels = [...refs.keys()]
    .map((ref) => ({ ref, box: moved(boxes.get(ref), offset) }))
    .filter((label): label is Label => isIn(label.box, view))
    .slice(0, browserProxyLimits.labelBoxes);
  await unlessAborted(context, page.evaluate(scriptCall(drawLabels, { labels, holderId })));
  try {
    const picture = await takePicture(context, { kind: "viewport" }, "png");
    const saved = orRefuse(await context.artifacts.saveMedia(picture.bytes, picture.extension));
    const imageType = picture.extension === "jpg" ? "jpeg" : "png";
    const image = { imagePath: saved.path, imageType };
    const counts = { labels: true, labelsCount: labels.length, labelsSkipped: refs.size - labels.length };
    if (era === "2026.2") return { ...counts, ...image };
    const annotations = labels.map(({ ref, box }) => {
      const { role, name } = refs.get(ref) ?? { role: "generic" };
      const number = Number(/\d+$/.exec(ref)?.[0]);
      return { ref, number, role, ...(name === undefined ? {} : { name }), box };
    });
    return { ...image, ...counts, annotations };
  } finally {
    await page.evaluate(scriptCall(removeLabels, holderId)).catch(() => undefined);
  }
}

async function placeOf(context: PageContext, frame: string): Promise<{ x: number; y: number }> {
  const box = await context.page.locator(frame).boundingBox(actionBounds(context, boxMs));
  return { x: box?.x ?? 0, y: box?.y ?? 0 };
}

function moved(box: Box | undefined, by: { readonly x: number; readonly y: number }): Box | undefined {
  return box === undefined ? undefined : { ...box, x: box.x + by.x, y: box.y + by.y };
}

function isIn(box: Box | undefined, view: { readonly width: number; readonly height: number }): boolean {
  if (box === undefined || box.width <= 0 || box.height <= 0) return false;
  return box.x < view.width && box.y < view.height && box.x + box.width > 0 && box.y + box.height > 0;
}
