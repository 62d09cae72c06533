// What a test has left on this machine: processes, descriptors, memory. Read from the kernel, not from the host.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // It has just ended.
    return "";
  }
}

function pids(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^[1-9]\d*$/u.test(name))
    .map(Number);
}

/** Undefined when there is no such process. */
function parentOf(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  const parent = text.slice(text.lastIndexOf(")") + 2).split(" ")[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Living processes that were started with this variable; the dead that nobody waited for have no environment. */
export function processesWith(variable: string): readonly number[] {
  return pids().filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(variable));
}

/** The children of a process, the dead ones included. */
export function childrenOf(parent: number): readonly number[] {
  return pids().filter((pid) => parentOf(pid) === parent);
}

/** What a process has open, sorted: of sockets and pipes only the kind, as their numbers differ; no file that is being replaced. */
export function openOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/^(socket|pipe):.*/u, "$1")];
      } catch {
        return [];
      }
    })
    .filter((name) => !name.endsWith(".tmp"))
    .toSorted();
}

/** Resident memory, now and at its peak since `forgetPeak`; bytes. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = read(`/proc/${pid}/status`);
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "mu").exec(status)?.[1]) * 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
