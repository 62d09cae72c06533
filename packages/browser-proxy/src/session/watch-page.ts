import type { Download, Page } from "playwright-core";

import type { TabMemory } from "./tab.ts";

export interface PageWatch {
  readonly memory: TabMemory;
  /** The page is where no page of ours may be, or its process has crashed. */
  readonly onLost: (reason: "forbidden" | "crashed") => void;
  readonly onDownload: (download: Download) => void;
}

/** Answers what a page asks of a person, and notices where it goes. */
export function watchPage(page: Page, { memory, onLost, onDownload }: PageWatch): void {
  page.on("filechooser", (chooser) => void memory.choosers.answer(chooser));
  page.on("download", (download) => {
    onDownload(download);
    memory.downloads.offer(download);
  });
  page.on("crash", () => {
    onLost("crashed");
  });
  page.on("framenavigated", (frame) => {
    if (frame.parentFrame() !== null) return;
    memory.dialogs.gone();
    if (isForbidden(frame.url())) onLost("forbidden");
  });
  page.on("close", () => {
    memory.dialogs.gone();
    memory.choosers.close();
    memory.downloads.close();
  });
}

/**
 * The second look at where a page is: the browser blocks such addresses before they are loaded, and shows a page of its
 * own instead (`chrome-error:`).
 */
export function isForbidden(url: string): boolean {
  return !/^(?:https?:|about:|blob:|data:|chrome-error:|$)/i.test(url);
}
