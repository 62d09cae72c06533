import { hash as hashOf, randomUUID } from "node:crypto";

/** How long past invokes are remembered, and how many ids and keys at most: 655 invokes a second for all that time. */
export const LEDGER_LIMITS = { rememberMs: 600_000, entries: 786_432 } as const;

/** `full`: nothing may be forgotten yet, so it was not remembered. */
export type Remembered = "new" | "again" | "full";

interface Table {
  /** Two words of each name's hash. */
  readonly hashes: Uint32Array;
  /** When each was seen; `EMPTY` where none is. */
  readonly times: Float64Array;
}

const EMPTY = Number.NEGATIVE_INFINITY;
const FIRST_SLOTS = 1024;
/** Part of the slots that may be taken: 16 bytes a slot, so 16 MiB at most. */
const FILL = 0.75;
/** A full table is not looked through more often than this; milliseconds. */
const LOOK_MS = 1000;

/**
 * Remembers invoke ids and idempotency keys, so that a repeated frame never starts a second run. Bounded, and nothing is
 * forgotten before its time: when it is full, it says so. Of a name it keeps a hash whose salt nobody else knows.
 */
export class InvokeLedger {
  readonly #now: () => number;
  readonly #entries: number;
  readonly #salt = randomUUID();
  #table = newTable(FIRST_SLOTS);
  /** Slots that are not empty; what is too old counts until it is swept out. */
  #taken = 0;
  #sweptAt = 0;

  /** `now` gives milliseconds that never go back: a clock that is set must not bring old invokes to life. */
  constructor(now: () => number = () => performance.now(), entries: number = LEDGER_LIMITS.entries) {
    this.#now = now;
    this.#entries = entries;
  }

  /** Remembers the id of an invoke. */
  id(id: string): Remembered {
    return this.#remember(`id:${id}`);
  }

  /** Remembers a key. Ask only for an invoke that is taken on otherwise. */
  key(key: string): Remembered {
    return this.#remember(`key:${key}`);
  }

  #remember(name: string): Remembered {
    const now = this.#now();
    // A table that grew in a busy hour is not kept for ever.
    if (this.#table.times.length > FIRST_SLOTS && now - this.#sweptAt > LEDGER_LIMITS.rememberMs)
      this.#sweep(now);
    const digest = hashOf("sha256", this.#salt + name, "buffer");
    const hash = [digest.readUInt32LE(0), digest.readUInt32LE(4)] as const;
    let slot = findSlot(this.#table, hash, now);
    if (isLive(this.#table, slot, now)) return "again";
    if (this.#table.times[slot] === EMPTY) {
      if (!this.#hasRoom(now)) return "full";
      slot = findSlot(this.#table, hash, now);
      this.#taken += 1;
    }
    put(this.#table, slot, hash, now);
    return "new";
  }

  #hasRoom(now: number): boolean {
    const most = Math.min(this.#table.times.length * FILL, this.#entries);
    if (this.#taken < most) return true;
    if (this.#taken >= this.#entries && now - this.#sweptAt < LOOK_MS) return false;
    this.#sweep(now);
    return this.#taken < this.#entries;
  }

  /** What is left goes into a table of the right size. */
  #sweep(now: number): void {
    const { hashes, times } = this.#table;
    const live = times.reduce((count, _, slot) => count + Number(isLive(this.#table, slot, now)), 0);
    let slots = FIRST_SLOTS;
    while (slots * FILL < Math.min(2 * live, this.#entries)) slots *= 2;
    const table = newTable(slots);
    for (const [slot, at] of times.entries()) {
      if (!isLive(this.#table, slot, now)) continue;
      const hash = [hashes[2 * slot] ?? 0, hashes[2 * slot + 1] ?? 0] as const;
      put(table, findSlot(table, hash, now), hash, at);
    }
    this.#table = table;
    this.#taken = live;
    this.#sweptAt = now;
  }
}

function newTable(slots: number): Table {
  return { hashes: new Uint32Array(2 * slots), times: new Float64Array(slots).fill(EMPTY) };
}

type Hash = readonly [number, number];

/** Where a living entry with this hash is, else where it may go: the first slot on its way that is too old, or empty. */
function findSlot({ hashes, times }: Table, hash: Hash, now: number): number {
  let old: number | undefined;
  for (let slot = hash[0] & (times.length - 1); ; slot = (slot + 1) & (times.length - 1)) {
    const at = times[slot] ?? EMPTY;
    if (at === EMPTY) return old ?? slot;
    if (now - at > LEDGER_LIMITS.rememberMs) old ??= slot;
    else if (hashes[2 * slot] === hash[0] && hashes[2 * slot + 1] === hash[1]) return slot;
  }
}

function isLive({ times }: Table, slot: number, now: number): boolean {
  return now - (times[slot] ?? EMPTY) <= LEDGER_LIMITS.rememberMs;
}

function put({ hashes, times }: Table, slot: number, hash: Hash, at: number): void {
  hashes.set(hash, 2 * slot);
  times[slot] = at;
}
