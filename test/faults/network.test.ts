import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Fault } from "./fault-proxy.ts";
import { faultScene, type FaultScene } from "./scene.ts";

/** Under load: the fault begins, lasts, ends; then the host is back within the time. */
async function through(
  begin: (scene: FaultScene) => unknown,
  lastsMs: number,
  backMs: number,
  end: (scene: FaultScene) => unknown = () => undefined,
): Promise<FaultScene> {
  const scene = await faultScene();
  expect(await scene.run()).toBe(true);
  const endLoad = scene.load();
  await begin(scene);
  await pause(lastsMs);
  scene.proxy.set({});
  await end(scene);
  const back = await scene.readyAgain(backMs);
  await endLoad();
  expect(back).toBeLessThanOrEqual(backMs);
  await scene.check();
  return scene;
}

const fault =
  (given: Fault) =>
  ({ proxy }: FaultScene): void =>
    proxy.set(given);

/** Flips one bit in each so many bytes. */
function damage(every: number): Fault {
  let count = 0;
  return {
    damage: (piece) => {
      for (let at = 0; at < piece.length; at += 1) {
        count += 1;
        if (count % every === 0) piece[at] = (piece[at] ?? 0) ^ (1 << (count % 8));
      }
      return piece;
    },
  };
}

describe("a host at work is back after", { timeout: 120_000 }, () => {
  it("a cut", async () => {
    await through(({ proxy }) => proxy.cut(), 0, 5000);
  });

  it("a connection that dies without a word", async () => {
    const { proxy } = await through((scene) => scene.proxy.freeze(), 0, 8000);
    expect(proxy.connections).toBe(2);
  });

  it.each(["up", "down"] as const)("a connection that dies in one direction: %s", async (direction) => {
    const { proxy } = await through((scene) => scene.proxy.freeze([direction]), 0, 8000);
    expect(proxy.connections).toBe(2);
  });

  it("a network that holds everything back for a while", async () => {
    await through(fault({ hold: ["up", "down"] }), 4000, 20_000);
  });

  it("a Gateway whose port is closed for a second", async () => {
    await through(
      async ({ proxy }) => {
        await proxy.stopListening();
        await pause(1000);
        await proxy.listenAgain();
      },
      0,
      24_000,
    );
  });

  it("a long way", async () => {
    const { proxy } = await through(fault({ delayMs: 150 }), 3000, 5000);
    expect(proxy.connections).toBe(1);
  });

  it("a narrow way", async () => {
    const { proxy } = await through(fault({ pieceBytes: 400, delayMs: 10 }), 3000, 8000);
    expect(proxy.connections).toBe(1);
  });

  it("bytes that come one by one", async () => {
    const { proxy } = await through(fault({ pieceBytes: 1 }), 2000, 8000);
    expect(proxy.connections).toBe(1);
  });

  it("a Gateway that greets one byte at a time", async () => {
    await through(
      ({ proxy }) => {
        proxy.set({ pieceBytes: 1, delayMs: 100 });
        proxy.cut();
      },
      4000,
      20_000,
    );
  });

  it.each([7, 97, 1009])("damage to one byte in %d, in both directions", async (every) => {
    // A session that began meanwhile may offer another command than it means to, which nobody sees; it ends as well.
    await through(fault(damage(every)), 2000, 24_000, ({ proxy }) => proxy.cut());
  });

  it.each([1, 100, 130, 300, 700])("connections that are cut after %d bytes", async (cutAfterBytes) => {
    await through(
      ({ proxy }) => {
        proxy.set({ cutAfterBytes });
        proxy.cut();
      },
      2500,
      24_000,
    );
  });
});
