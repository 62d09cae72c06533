import type { Facts } from "../facts.ts";
import { LIMITS } from "../limits.ts";
import type { Candidate } from "./resolve.ts";

/** What the system tries for a name without an extension. Source: exec section 3.5. */
const EXTENSIONS = [".exe", ".cmd", ".bat", ".com"];

/** Streams, devices, network places and names that the system repairs are never looked up. */
const UNUSUAL = /^[\\/]{2}|[<>"|?*\p{Cc}]|[. ](?:$|[\\/])|:(?!$)(?![\\/])|^[^A-Za-z]?:/u;

/** Where a name may lead on Windows, in order. */
export function windowsCandidates(name: string, cwd: string, facts: Facts): readonly Candidate[] {
  const withoutDots = name.replace(/^(?:\.{1,2}[\\/])+/u, "");
  if (UNUSUAL.test(withoutDots)) return [];
  const names = /\.[A-Za-z0-9]+$/u.test(name) ? [name] : EXTENSIONS.map((extension) => `${name}${extension}`);
  if (/[\\/]/u.test(name)) {
    const absolute = /^(?:[A-Za-z]:)?[\\/]/u.test(name);
    return names.map((path) => ({ path: absolute ? path : `${cwd}\\${path}`, searched: false }));
  }
  return facts.pathEnv
    .split(";")
    .slice(0, LIMITS.pathEntries)
    .filter((entry) => /^[A-Za-z]:[\\/]/u.test(entry))
    .flatMap((entry) => names.map((path) => ({ path: `${entry}\\${path}`, searched: true })));
}
