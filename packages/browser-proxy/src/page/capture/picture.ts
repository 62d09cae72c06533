import { browserProxyLimits } from "../../limits.ts";
import type { PageContext } from "../page-route.ts";
import { operationFailed } from "../route-refusal.ts";
import { unlessAborted } from "../within.ts";
import { pictureSize } from "./picture-size.ts";

export type PictureType = "png" | "jpeg";

/** What a picture shows. A box counts from the corner of the viewport, in CSS pixels. */
export type PictureArea =
  | { readonly kind: "viewport" }
  | { readonly kind: "page" }
  | {
      readonly kind: "box";
      readonly box: {
        readonly x: number;
        readonly y: number;
        readonly width: number;
        readonly height: number;
      };
    };

export interface Picture {
  readonly bytes: Buffer;
  readonly extension: "png" | "jpg";
}

interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether parts of it are not in the viewport. */
  readonly isBeyond: boolean;
}

const jpegQualities = [85, 75, 65, 55, 45, 35] as const;
const sides = [2_000, 1_600, 1_200, 1_000, 800] as const;

/**
 * A picture within the limits for its side and its size: the browser draws it smaller, and then as JPEG of falling quality
 * (browser proxy section 8.2).
 */
export async function takePicture(
  context: PageContext,
  area: PictureArea,
  type: PictureType,
): Promise<Picture> {
  const { clip, density } = await clipOf(context, area);
  const { pictureSide, pictureBytes } = browserProxyLimits;
  let scale = Math.min(1, pictureSide / (Math.max(clip.width, clip.height) * density));
  let bytes = await capture(context, clip, scale, type, 90);
  const size = pictureSize(bytes);
  const longest = Math.max(size?.width ?? 0, size?.height ?? 0);
  if (longest > pictureSide) {
    // The browser rounds up.
    scale *= (pictureSide - 1) / longest;
    bytes = await capture(context, clip, scale, type, 90);
  }
  if (bytes.length <= pictureBytes) return { bytes, extension: type === "png" ? "png" : "jpg" };
  for (const side of sides) {
    for (const quality of jpegQualities) {
      const smaller = scale * Math.min(1, side / Math.max(longest, 1));
      bytes = await capture(context, clip, smaller, "jpeg", quality);
      if (bytes.length <= pictureBytes) return { bytes, extension: "jpg" };
    }
  }
  throw operationFailed("the picture is over its limit even when it is drawn small; ask for one element");
}

async function capture(
  context: PageContext,
  clip: Clip,
  scale: number,
  type: PictureType,
  quality: number,
): Promise<Buffer> {
  const session = await unlessAborted(context, context.cdp());
  const { data } = await unlessAborted(
    context,
    session.send("Page.captureScreenshot", {
      format: type,
      ...(type === "jpeg" ? { quality } : {}),
      clip: { x: clip.x, y: clip.y, width: clip.width, height: clip.height, scale },
      captureBeyondViewport: clip.isBeyond,
    }),
  );
  return Buffer.from(data, "base64");
}

/** In the coordinates of the whole page, with the screen's pixels for one of CSS. */
async function clipOf(context: PageContext, area: PictureArea): Promise<{ clip: Clip; density: number }> {
  const session = await unlessAborted(context, context.cdp());
  const metrics = await unlessAborted(context, session.send("Page.getLayoutMetrics"));
  const { cssContentSize: content, cssVisualViewport: view, visualViewport: screen } = metrics;
  const most = browserProxyLimits.pagePixels;
  const shown = { x: view.pageX, y: view.pageY, width: view.clientWidth, height: view.clientHeight };
  const whole = { x: 0, y: 0, width: content.width, height: content.height };
  const wanted =
    area.kind === "page"
      ? whole
      : area.kind === "viewport"
        ? shown
        : { ...area.box, x: area.box.x + shown.x, y: area.box.y + shown.y };
  const x = Math.max(0, wanted.x);
  const y = Math.max(0, wanted.y);
  const width = Math.min(Math.ceil(wanted.width), most);
  const height = Math.min(Math.ceil(wanted.height), most);
  if (width < 1 || height < 1) throw operationFailed("there is nothing to see: the area has no size");
  const isBeyond =
    x < shown.x || y < shown.y || x + width > shown.x + shown.width || y + height > shown.y + shown.height;
  const density = shown.width > 0 ? Math.max(1, screen.clientWidth / shown.width) : 1;
  return { clip: { x, y, width, height, isBeyond }, density };
}
