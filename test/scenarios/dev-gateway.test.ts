import { ERAS, startDevGateway, type Era } from "@openclaw/dev-gateway";
import { describe, it } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { ERA_TRAITS, World } from "./world.ts";

const TOKEN = "scenario-token-0123456789";
const SCENARIO_LIMIT_MS = 120_000;
/** Everything, unless another runtime is tried on some of them (`pnpm test:runtimes`). */
const TRIED_ERAS = ERAS.filter((era) =>
  (process.env["OPENCLAW_TEST_ERAS"] ?? ERAS.join()).split(",").includes(era),
);

async function runOnOwnGateway(scenario: Scenario, era: Era): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-dev-gateway-"));
  const stateFile = join(folder, "gateway.json");
  let gateway = await startDevGateway({ token: TOKEN, era, stateFile });
  const { port, url } = gateway;
  const world = new World({
    era,
    url,
    port,
    token: TOKEN,
    joinUrl: () => Promise.resolve(gateway.joinUrl()),
    restart: async () => {
      await gateway.close({ restart: true });
      gateway = await startDevGateway({ token: TOKEN, era, stateFile, port });
    },
    stop: () => gateway.close(),
  });
  try {
    await scenario.run(world);
  } finally {
    await world.close();
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

// Each scenario has a Gateway and nodes of its own and mostly waits: they run side by side.
describe.concurrent.each(TRIED_ERAS)("our own Gateway as of %s", (era) => {
  const traits = ERA_TRAITS[era];
  for (const scenario of SCENARIOS) {
    if (traits !== undefined && scenario.applies?.(traits) === false) continue;
    it(scenario.name, async () => await runOnOwnGateway(scenario, era), SCENARIO_LIMIT_MS);
  }
});
