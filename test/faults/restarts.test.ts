import { describe, expect, it } from "vitest";
import { faultScene } from "./scene.ts";

describe("a Gateway that is killed and started again under load", { timeout: 120_000 }, () => {
  it.each(["cut", "shutdown"] as const)("finds its node again: %s", async (how) => {
    const scene = await faultScene();
    const endLoad = scene.load();
    await scene.restartGateway(how);
    // The Gateway's own start and 20 s.
    expect(await scene.readyAgain(24_000)).toBeLessThan(24_000);
    await endLoad();
    await scene.check();
  });
});
