/**
 * The systemd in which a directive of ours appeared, for those that long-lived distributions may lack. An older systemd
 * leaves out what it does not know, with a complaint in its log at every reload. Source: the NEWS file of systemd.
 */
const SINCE: ReadonlyMap<string, number> = new Map([
  ["OpenFile", 253],
  ["ProtectClock", 245],
  ["ProtectKernelLogs", 244],
  ["OOMPolicy", 243],
  ["ProtectHostname", 242],
  ["RestrictSUIDSGID", 242],
  ["LockPersonality", 235],
]);

/** The lines that this systemd knows. An unknown version is taken for a new one. */
export function linesKnownTo(version: number | undefined, lines: readonly string[]): readonly string[] {
  if (version === undefined) return lines;
  return lines.flatMap((line) => {
    // Before, a service that was started counted as running.
    if (line === "Type=exec" && version < 240) return ["Type=simple"];
    return (SINCE.get(line.split("=")[0] ?? "") ?? 0) <= version ? [line] : [];
  });
}
