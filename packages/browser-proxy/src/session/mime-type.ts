import { extname } from "node:path";

const byExtension: ReadonlyMap<string, string> = new Map([
  [".csv", "text/csv"],
  [".gif", "image/gif"],
  [".html", "text/html"],
  [".jpeg", "image/jpeg"],
  [".jpg", "image/jpeg"],
  [".json", "application/json"],
  [".md", "text/markdown"],
  [".mp3", "audio/mpeg"],
  [".mp4", "video/mp4"],
  [".pdf", "application/pdf"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain"],
  [".webp", "image/webp"],
  [".zip", "application/zip"],
]);

/** What a page is told that an uploaded file is: by its name, as browsers do. */
export function mimeTypeOfName(name: string): string {
  return byExtension.get(extname(name).toLowerCase()) ?? "application/octet-stream";
}
