const LASTING_NOT = [
  "/tmp",
  "/var/tmp",
  "/dev/shm",
  "/run/user",
  "/private/tmp",
  "/private/var/tmp",
  "/var/folders",
  "/private/var/folders",
];

/**
 * Whether what lies there may be gone tomorrow: below a directory for temporary files, or in the store of a program
 * that fetches packages for one run (npx, pnpm dlx, bunx, yarn dlx).
 */
export function isTemporaryPath(path: string, temporaryDirs: readonly string[]): boolean {
  const plain = slashes(path);
  if (/(?:^|\/)(?:_npx|dlx|dlx-[^/]*|bunx-[^/]*|xfs-[^/]*)\//i.test(plain)) return true;
  return [...LASTING_NOT, ...temporaryDirs]
    .map((directory) => slashes(directory).replace(/\/+$/, ""))
    .some((directory) => directory !== "" && plain.toLowerCase().startsWith(`${directory.toLowerCase()}/`));
}

function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}
