/** What to do when a browser does not start, out of what it said. Its own words hold paths and arguments, and stay here. */
export function launchFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  const known = knownFailures.find(([pattern]) => pattern.test(text));
  return `the browser does not start: ${known?.[1] ?? "its owner can try it by hand on this machine"}`;
}

const knownFailures: readonly (readonly [RegExp, string])[] = [
  [
    /as root without --no-sandbox/i,
    "it keeps its sandbox from root; run the node as an ordinary user, or set browser.noSandbox",
  ],
  [
    /no usable sandbox|SUID sandbox|clone.*Operation not permitted/i,
    "this machine does not allow its sandbox; allow user namespaces, or set browser.noSandbox",
  ],
  [
    /missing x server|cannot open display|\$DISPLAY/i,
    "there is no display; take browser.headless out or set it to true",
  ],
  [
    /error while loading shared libraries|cannot open shared object/i,
    "a system library is missing; install the browser again",
  ],
  [
    /ProcessSingleton|profile.*in use|SingletonLock/i,
    "another browser has its user data directory; close that one",
  ],
  [/ENOSPC|no space left/i, "the disk is full"],
  [/EACCES|ENOENT/, "its program cannot be run; check browser.executablePath"],
  [/Timeout \d+ms exceeded/, "it was not ready in time; the machine may be too busy"],
];
