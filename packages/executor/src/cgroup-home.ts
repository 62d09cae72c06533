import { accessSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemCode } from "./errors.ts";
import { removeGroup, type CgroupHome } from "./run-cgroup.ts";

/** Where the kernel says what there is; other places in tests. */
export interface CgroupPlaces {
  /** The list of mounts, as in `/proc/self/mountinfo`. */
  readonly mountInfo: string;
  /** The groups of this process, as in `/proc/self/cgroup`. */
  readonly ownCgroups: string;
  readonly pid: number;
}

export type CgroupDetection =
  | { readonly ok: true; readonly cgroup: CgroupHome }
  | { readonly ok: false; readonly reason: string };

/** The controllers that limits need. */
const CONTROLLERS = ["memory", "pids", "cpu"] as const;
/** The group of the host itself, and the one that holds the groups of its runs. */
const MAIN = "main";
const RUNS = "runs";

/**
 * Prepares the control group of this process for runs, when it is this process's alone. A service with `Delegate=yes`
 * has such a one. Nothing is touched in a group that others are in. Source: platform notes, process trees.
 */
export function detectCgroupHome(places: Partial<CgroupPlaces> = {}): CgroupDetection {
  const { mountInfo = "/proc/self/mountinfo", ownCgroups = "/proc/self/cgroup", pid = process.pid } = places;
  try {
    const own = ownGroup(readFileSync(mountInfo, "utf8"), readFileSync(ownCgroups, "utf8"));
    if (own === undefined) return no("no control groups of version 2 are mounted");
    const base = basename(own) === MAIN && isThere(join(dirname(own), RUNS)) ? dirname(own) : own;
    const refusal = whyNotOurs(base, own, pid);
    return refusal === undefined ? prepare(base, pid) : no(refusal);
  } catch (error) {
    return no(`the control group of this process cannot be used (${systemCode(error)})`);
  }
}

function no(reason: string): CgroupDetection {
  return { ok: false, reason };
}

/** The directory of this process's own group. */
export function ownGroup(mountInfo: string, ownCgroups: string): string | undefined {
  const path = /^0::(\/.*)$/mu.exec(ownCgroups)?.[1];
  // Fields: id, parent, device, root, mount point, options, …, a hyphen, type. Blanks are written as \040.
  const mount = mountInfo
    .split("\n")
    .map((line) => line.split(" "))
    .find((fields) => fields[fields.indexOf("-") + 1] === "cgroup2");
  const [root, point] = [mount?.[3], mount?.[4]];
  if (path === undefined || root === undefined || point === undefined) return undefined;
  if (root === "/") return join(unescape(point), path);
  // Only a part of the tree is mounted: a container.
  return path === root || path.startsWith(`${root}/`)
    ? join(unescape(point), path.slice(root.length))
    : undefined;
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/gu, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function whyNotOurs(base: string, own: string, pid: number): string | undefined {
  if (!isThere(join(base, "cgroup.events")))
    return "this process runs in the root control group, which belongs to the whole machine";
  if (!isThere(join(base, "cgroup.kill")))
    return "this kernel cannot end a control group at once (it is older than 5.14)";
  for (const file of [base, join(base, "cgroup.procs")]) {
    if (!mayWrite(file))
      return "no control group is delegated to this process (the service needs `Delegate=yes`)";
  }
  const members = [base, own].flatMap((group) => pidsIn(group));
  if (!members.includes(pid)) return "the control group of this process is not the one that the system names";
  return members.every((member) => member === pid)
    ? undefined
    : "the control group of this process is shared with other processes";
}

function prepare(base: string, pid: number): CgroupDetection {
  const main = join(base, MAIN);
  const runs = join(base, RUNS);
  for (const path of [main, runs]) if (!isThere(path)) mkdirSync(path);
  // Controllers can only be passed on by a group that holds no process itself.
  writeFileSync(join(main, "cgroup.procs"), String(pid), { flag: "r+" });
  for (const controller of CONTROLLERS) if (pass(base, controller)) pass(runs, controller);
  const controllers = readFileSync(join(runs, "cgroup.subtree_control"), "utf8")
    .trim()
    .split(/\s+/u)
    .filter(Boolean);
  const left = new Set(
    readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(runs, name))
      .filter((path) => !removeGroup(path)),
  );
  return { ok: true, cgroup: { main, runs, controllers, left, moves: Promise.resolve() } };
}

function pass(group: string, controller: string): boolean {
  try {
    writeFileSync(join(group, "cgroup.subtree_control"), `+${controller}`, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

function pidsIn(group: string): readonly number[] {
  return readFileSync(join(group, "cgroup.procs"), "latin1").split("\n").filter(Boolean).map(Number);
}

function isThere(path: string): boolean {
  return may(path, constants.F_OK);
}

function mayWrite(path: string): boolean {
  return may(path, constants.W_OK);
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
