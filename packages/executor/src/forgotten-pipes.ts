import type { ChildProcess } from "node:child_process";

/**
 * Call right after a start that failed. When too many files are open, Node 20 to 24 forget the handles of the child's
 * pipes: each costs memory for ever, and where exactly the last pair of descriptors was missing (4 or 5 were free), two
 * sockets stay open. Nobody else knows them, but the list of all that is open ends with them, untouched as they are.
 */
export function closeForgottenPipes(child: ChildProcess, count: number): void {
  const list: unknown = Reflect.get(process, "_getActiveHandles");
  // Set whenever the runtime has not given up half-way.
  if ("stdout" in child || typeof list !== "function") return;
  const all: readonly object[] = Reflect.apply(list, process, []);
  for (const handle of all.filter((one) => one !== child).slice(-count)) {
    if (handle.constructor.name !== "Pipe" || Reflect.ownKeys(handle).length > 0) continue;
    const close: unknown = Reflect.get(handle, "close");
    if (typeof close === "function") Reflect.apply(close, handle, []);
  }
}
