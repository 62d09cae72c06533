/** Shorter secrets cannot be taken out: what is left of the text would spell them. */
const MIN_SECRET_CHARS = 6;
export const REDACTED = "[redacted]";

/** Makes a text safe to show. */
export type Redact = (text: string) => string;

/** Takes every known secret out of a text, and `more`, which runs may know. `secrets` may grow meanwhile. */
export function redactor(secrets: ReadonlySet<string>, more: readonly string[] = []): Redact {
  let known = -1;
  let longestFirst: readonly string[] = [];
  return (text) => {
    // Secrets are only ever added. The longest goes first: one may be a part of another.
    if (secrets.size !== known) {
      known = secrets.size;
      longestFirst = [...secrets, ...more]
        .filter((secret) => secret.length >= MIN_SECRET_CHARS)
        .toSorted((a, b) => b.length - a.length);
    }
    return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
  };
}

/** The same inside a value, at any depth, before it is encoded and secrets get another spelling. */
export function redactValue(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (value instanceof Error) return redact(value.message);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactValue(item, redact)]),
  );
}

/**
 * The environment that runs may inherit: without the variables that hold a known secret, whatever they are
 * called, because a configuration may take its token from any variable.
 */
export function environmentForRuns(
  env: Readonly<Record<string, string | undefined>>,
  secrets: ReadonlySet<string>,
): () => Readonly<Record<string, string | undefined>> {
  // Copied: every look into the real environment of a process costs a system call.
  const all = Object.entries(env).filter(([name, value]) => value !== undefined && !isServices(name));
  let known = -1;
  let clean: Readonly<Record<string, string | undefined>> = {};
  return () => {
    // Secrets are only ever added.
    if (secrets.size !== known) {
      known = secrets.size;
      clean = Object.fromEntries(all.filter(([, value]) => !holdsSecret(value ?? "", secrets)));
    }
    return clean;
  };
}

/** What a service manager gave to this process alone: with it a run could speak in the host's name. */
function isServices(name: string): boolean {
  return /^(?:NOTIFY_SOCKET|FDSTORE|MAINPID|MANAGERPID|MANAGERPIDFDID|WATCHDOG_.*|LISTEN_.*|MEMORY_PRESSURE_.*)$/u.test(
    name,
  );
}

function holdsSecret(value: string, secrets: ReadonlySet<string>): boolean {
  return [...secrets].some(
    (secret) => value === secret || (secret.length >= MIN_SECRET_CHARS && value.includes(secret)),
  );
}
