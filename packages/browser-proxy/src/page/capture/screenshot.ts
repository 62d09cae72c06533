import type { RouteOutcome } from "../../answer/route-outcome.ts";
import { bodyFields, booleanField, textField } from "../fields.ts";
import { elementError } from "../page-error.ts";
import type { PageContext, PageRequest } from "../page-route.ts";
import { locateRef } from "../refs/locate.ts";
import { done, operationFailed, orRefuse, RouteRefusal } from "../route-refusal.ts";
import { actionBounds, unlessAborted } from "../within.ts";
import { takePicture } from "./picture.ts";
import type { PictureArea } from "./picture.ts";

/** For the element that is to be seen, in milliseconds. */
const elementMs = 8_000;

/** `POST /screenshot` (browser proxy section 8.2). `element` is a selector. */
export async function screenshotRoute(context: PageContext, { call }: PageRequest): Promise<RouteOutcome> {
  const body = bodyFields(call.body);
  const isWhole = booleanField(body, "fullPage") ?? false;
  const ref = textField(body, "ref");
  const element = textField(body, "element");
  if (isWhole && (ref !== undefined || element !== undefined))
    throw new RouteRefusal(400, "fullPage is not supported for element screenshots");
  const type = textField(body, "type") === "jpeg" ? "jpeg" : "png";
  const located =
    ref !== undefined
      ? await locateRef(context, ref)
      : element === undefined
        ? undefined
        : { locator: context.page.locator(element), shown: element };
  let area: PictureArea = { kind: isWhole ? "page" : "viewport" };
  if (located !== undefined) {
    const { locator, shown } = located;
    try {
      const bounds = actionBounds(context, elementMs);
      await unlessAborted(context, locator.scrollIntoViewIfNeeded(bounds));
      const box = await unlessAborted(context, locator.boundingBox(bounds));
      if (box === null)
        throw operationFailed(
          `Element ${JSON.stringify(shown.slice(0, 200))} not found or not visible. Run a new snapshot to see what is on the page now.`,
        );
      area = { kind: "box", box };
    } catch (error) {
      throw elementError(error, shown);
    }
  }
  const { bytes, extension } = await takePicture(context, area, type);
  const { path } = orRefuse(await context.artifacts.saveMedia(bytes, extension));
  return done({ ok: true, path, targetId: context.tab.targetId, url: context.page.url() });
}

/** `POST /pdf` */
export async function pdfRoute(context: PageContext): Promise<RouteOutcome> {
  const bytes = await unlessAborted(context, context.page.pdf({ printBackground: true }));
  const { path } = orRefuse(await context.artifacts.saveMedia(bytes, "pdf"));
  return done({ ok: true, path, targetId: context.tab.targetId, url: context.page.url() });
}
