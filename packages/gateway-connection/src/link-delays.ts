/** Waiting times in milliseconds. Sources: the reconnect rule (15) and the exit rule (1) of this project. */
export const LINK_DELAYS = {
  /** After a token or signature swap. */
  swap: 250,
  /** First try after a cut while the Gateway lives: drawn from here … */
  cutFirst: [200, 1500],
  /** Later tries: full jitter between the first number and a ceiling that doubles from 2 s up to the second. */
  later: [500, 30_000],
  /** First try when the Gateway itself is down, spread so that 1,000 nodes do not arrive together. */
  downFirst: [500, 20_000],
  /**
   * Later tries then: never so late that more than 20 s pass from the Gateway's return. A smaller first number would let
   * second tries pile up on late first ones, over 100 a second; the first spread lasts.
   */
  downLater: [19_000, 20_000],
  pairingFirst: 5000,
  pairingLast: 30_000,
  /** Authentication and pin failures of a host that was connected once. */
  fixable: 300_000,
  /** A session that lived this long counts as stable. */
  stable: 10_000,
  /** What a Gateway that starts may name; with nothing named, the second. */
  startupWait: [100, 2000],
  /** A Gateway that says "later" more often than `patientTries` is asked less and less often, down to this. */
  longestBusyWait: 30_000,
  /** What a Gateway that locked us out may name; with nothing named, `fixable`. */
  lockoutWait: [5000, 900_000],
} as const;

/** Answers of "later" that are taken as they are. */
export const PATIENT_TRIES = 10;
