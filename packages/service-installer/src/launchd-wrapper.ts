/**
 * Runs before the program: reads the secrets, hands signals on, and ends with 0 after exit codes that a restart would
 * not mend, because launchd restarts after every other one. Constant: paths and words come as arguments.
 */
export const LAUNCHD_WRAPPER: string = [
  '[ ! -r "$1" ] || . "$1"',
  "shift",
  "child=",
  "asked=",
  `trap 'asked=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT HUP`,
  '"$@" & child=$!',
  '[ -z "$asked" ] || kill -TERM "$child"',
  'wait "$child"',
  "code=$?",
  // A signal ends the first wait before the program has ended.
  'while [ "$code" -gt 128 ] && kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done',
  'case "$code" in 2|78) echo "openclaw: exit code $code: a person must mend the configuration; not started again" >&2; exit 0 ;; esac',
  'exit "$code"',
].join("; ");

/** Name of the wrapper in the process list. */
export const LAUNCHD_WRAPPER_NAME = "openclaw-node";

export function wrapperWords(secretsFile: string): readonly string[] {
  return ["/bin/sh", "-c", LAUNCHD_WRAPPER, LAUNCHD_WRAPPER_NAME, secretsFile];
}
