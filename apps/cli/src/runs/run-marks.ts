import { hash, randomUUID } from "node:crypto";

/** What stands in the environment of runs, so that a later host of this state directory finds what one of them left. */
export interface RunMarks {
  /** Begins the marks of all hosts of this state directory, and of no other. */
  readonly owner: string;
  /** Begins the marks of this host. */
  readonly ours: string;
  readonly next: (invokeId: string) => string;
}

/** Marks read `OWNER-HOST-COUNT.INVOKE`. Nobody can guess them; nothing of them is a secret to who sees one. */
export function runMarks(deviceId: string, stateDir: string): RunMarks {
  const owner = `${hash("sha256", `${deviceId}\0${stateDir}`).slice(0, 16)}-`;
  const ours = `${owner}${randomUUID().slice(-12)}-`;
  let count = 0;
  return {
    owner,
    ours,
    next: (invokeId) => {
      count += 1;
      return `${ours}${count}.${plainName(invokeId)}`;
    },
  };
}

/** The last part of a mark: the id of the invoke, or what stands for it where it is no plain name. */
export function plainName(invokeId: string): string {
  return PLAIN.test(invokeId) ? invokeId : hash("sha256", invokeId).slice(0, 32);
}

const PLAIN = /^[\w-]{1,64}$/u;

/** The last part of a mark. */
export function invokeOf(mark: string): string {
  return mark.slice(mark.indexOf(".") + 1);
}
