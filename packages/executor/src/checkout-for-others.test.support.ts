// Lets programs of this checkout be started by accounts that may not enter it.
import { chmodSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/u, "");

/** Shows the checkout at a second place, and rewrites all words that name it. */
const SHOW = `mount --bind "$0" "$1" || exit 1
place=$1; shift
for word do
  shift
  case $word in "$0"/*) word=$place\${word#"$0"};; esac
  set -- "$@" "$word"
done
cd "$place" && exec "$@"`;

export interface CheckoutForOthers {
  /** In front of a command, in a mount namespace of its own; none where others may enter the checkout. */
  readonly words: readonly string[];
  readonly remove: () => void;
}

/** `prefix`: the beginning of the name of the second place. */
export function checkoutForOthers(prefix: string): CheckoutForOthers {
  if (othersMayEnter(ROOT)) return { words: [], remove: () => undefined };
  const place = mkdtempSync(prefix);
  chmodSync(place, 0o755);
  // Never what is in it: that could be the checkout itself.
  return { words: ["/bin/sh", "-c", SHOW, ROOT, place], remove: () => rmdirSync(place) };
}

function othersMayEnter(path: string): boolean {
  return (statSync(path).mode & 0o001) !== 0 && (path === dirname(path) || othersMayEnter(dirname(path)));
}
