import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectReadable, FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway, type Visitor } from "./bad-input/scripted-gateway.ts";
import type { NodeProcess } from "./scenarios/node-process.ts";

/** A stop that waits for anything longer than it may shows by this. */
const STOP_LIMIT_MS = 10_000;
/** Writes its own id into a file, then stays; the name makes it findable by nobody else. */
const STAYS = (file: string, trap = ""): readonly string[] => [
  "/bin/sh",
  "-c",
  `${trap} echo $$ > '${file}.new'; mv '${file}.new' '${file}'; while :; do sleep 1; done`,
];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Running {
  readonly node: NodeProcess;
  readonly visitor: Visitor;
  readonly pid: number;
}

/** A host in the middle of a run. */
async function running(trap = ""): Promise<Running> {
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({ port: gateway.port, stateDir: stateDir({ "exec-approvals.json": FULL_POLICY }) });
  await node.line(/connected to the Gateway/u);
  const visitor = await gateway.visitor(0);
  const file = join(node.stateDir, "pid");
  visitor.invoke("run", "system.run", { command: STAYS(file, trap) });
  while (!existsSync(file)) {
    // Each answer is an event of the host; no clock is asked.
    const id = `look-${visitor.frames.length}`;
    visitor.invoke(id, "system.which", { bins: [] });
    await visitor.result(id);
  }
  return { node, visitor, pid: Number(readFileSync(file, "utf8")) };
}

describe("a stop", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("by %s ends with 0 and says so", async (signal) => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const node = startHost({ port: gateway.port });
    await node.line(/connected to the Gateway/u);
    node.child.kill(signal);
    expect(await node.exited).toBe(0);
    expect(node.output()).toContain(`${signal} received; stopping`);
    expect((await (await gateway.visitor(0)).closed).code).toBe(1000);
    expect(existsSync(join(node.stateDir, "node.sock"))).toBe(false);
    expect(existsSync(join(node.stateDir, "host.lock"))).toBe(false);
    expectReadable(node.output());
  });

  it(
    "during the handshake ends with 0",
    async () => {
      const gateway = await scriptedGateway(() => undefined);
      const node = startHost({ port: gateway.port });
      await gateway.visitor(0);
      expect(await node.stop()).toBe(0);
      expectReadable(node.output());
    },
    STOP_LIMIT_MS,
  );

  it(
    "while it waits to try again ends with 0",
    async () => {
      const node = startHost({ port: 1 });
      await node.line(/trying again/u);
      expect(await node.stop()).toBe(0);
      expectReadable(node.output());
    },
    STOP_LIMIT_MS,
  );

  it(
    "during a run ends the run, answers it, and ends with 0",
    async () => {
      const { node, visitor, pid } = await running();
      node.child.kill("SIGTERM");
      expect(await visitor.result("run")).toMatchObject({ success: false, error: "the run was cancelled" });
      expect(await node.exited).toBe(0);
      expect(isAlive(pid)).toBe(false);
      const audit = readFileSync(join(node.stateDir, "exec-audit.jsonl"), "utf8").trim().split("\n");
      expect(JSON.parse(audit.at(-1) ?? "")).toMatchObject({ kind: "outcome", cancelled: true });
    },
    STOP_LIMIT_MS,
  );

  it(
    "asked for again and again still ends a run that listens to nobody",
    async () => {
      const { node, pid } = await running("trap '' TERM INT HUP;");
      for (const signal of ["SIGTERM", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
        node.child.kill(signal);
        await node.line(new RegExp(`${signal} received`, "u"));
      }
      await node.line(/still stopping, it takes 3 s at most/u);
      expect(await node.exited).toBe(0);
      expect(isAlive(pid)).toBe(false);
      expectReadable(node.output());
    },
    STOP_LIMIT_MS,
  );

  it(
    "does not wait for a Gateway that takes no answer and no farewell",
    async () => {
      const { node, visitor, pid } = await running();
      visitor.fallSilent();
      visitor.invoke("unanswered", "system.which", { bins: [] });
      await visitor.result("unanswered");
      visitor.socket.pause();
      node.child.kill("SIGTERM");
      expect(await node.exited).toBe(0);
      expect(isAlive(pid)).toBe(false);
    },
    STOP_LIMIT_MS,
  );

  it("right after the start leaves nothing behind", async () => {
    const gateway = await scriptedGateway((visitor) => visitor.accept());
    const dir = stateDir();
    const node = startHost({ port: gateway.port, stateDir: dir });
    await node.line(/node host 0/u);
    expect(await node.stop()).toBe(0);
    expect(existsSync(join(dir, "host.lock"))).toBe(false);
  });
});

describe("a link that ends", () => {
  it("ends its runs, and the next link is not disturbed", async () => {
    const { node, visitor, pid } = await running();
    visitor.socket.terminate();
    await node.line(/gateway closed/u);
    await node.line(/the answer to system.run was not taken/u);
    expect(isAlive(pid)).toBe(false);
    expectReadable(node.output());
    expect(await node.stop()).toBe(0);
  });
});
