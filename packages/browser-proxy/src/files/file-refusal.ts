/** Why a file is not taken or given. Closed: a new reason gets a new code. */
export type FileReason =
  | "outside"
  | "bad-path"
  | "not-found"
  | "not-a-file"
  | "too-large"
  | "too-many"
  | "foreign-place"
  | "unusable";

export interface FileRefusal {
  readonly ok: false;
  readonly reason: FileReason;
  /** The text of the route's answer. It never holds a path of this machine. */
  readonly routeError: string;
}

/** What a place is for; the word stands in the texts that agents know. */
export type PlaceName = "uploads" | "downloads";

export function fileRefusal(reason: FileReason, place: PlaceName): FileRefusal {
  const texts: Readonly<Record<FileReason, string>> = {
    outside: `must stay within ${place} directory`,
    "bad-path": `must stay within ${place} directory`,
    "not-found": `no such file in the ${place} directory`,
    "not-a-file": "only regular files are passed on",
    "too-large": "the file is larger than its limit",
    "too-many": "too many files at once",
    "foreign-place": `the ${place} directory of this machine is not safe to use; its owner has to check who it belongs to`,
    unusable: `the ${place} directory cannot be used`,
  };
  return { ok: false, reason, routeError: `Invalid path: ${texts[reason]}` };
}

/** What the system said about a path below a place. A link is no way out: it is refused, wherever it leads. */
export function reasonOfSystemError(error: unknown): FileReason {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ELOOP" || code === "EMLINK") return "outside";
  if (code === "ENOENT" || code === "ENOTDIR") return "not-found";
  if (code === "EISDIR" || code === "ENXIO" || code === "ENODEV") return "not-a-file";
  return code === "ENAMETOOLONG" || code === "EINVAL" ? "bad-path" : "unusable";
}
