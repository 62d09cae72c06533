// Runs the scenario suite against real Gateways: `pnpm test:gateway [version…]`.
// Installs each version into a cache outside the work tree, starts it on loopback, one at a time.
import { ERA_TRAITS, World, type ScenarioGateway } from "../scenarios/world.ts";
import { SCENARIOS, type Scenario } from "../scenarios/scenarios.ts";
import { freePorts } from "./free-ports.ts";
import { startRealGateway, type RealGateway } from "./real-gateway.ts";

/** Both protocols and all approval flows of 2026. */
const DEFAULT_VERSIONS = ["2026.9.6", "2026.6.1", "2026.3.31", "2026.2.9"];
/** Ports from its own upwards that an old Gateway opens. */
const PORT_SPAN = 5;
const SCENARIO_LIMIT_MS = 180_000;

const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
const versions = args.filter((arg) => !arg.startsWith("--"));

let passed = 0;
let failed = 0;
for (const version of versions.length > 0 ? versions : DEFAULT_VERSIONS) {
  await runVersion(version);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runVersion(version: string): Promise<void> {
  const era = version.split(".").slice(0, 2).join(".");
  const traits = ERA_TRAITS[era];
  if (traits === undefined)
    throw new Error(`unknown era ${era}; known: ${Object.keys(ERA_TRAITS).join(", ")}`);
  const startedAt = Date.now();
  const port = await freePorts(PORT_SPAN);
  // Join URLs need an address that other machines can reach, as far as the Gateway knows.
  const publicUrl = `http://127.0.0.1:${port}`;
  const plugins = { entries: { "device-pair": { config: { publicUrl } } } };
  const real = await startRealGateway({
    version,
    port,
    ...(traits.joinCodes ? { config: { plugins } } : {}),
  });
  process.stdout.write(`Gateway ${version} is up after ${Date.now() - startedAt} ms\n`);
  try {
    for (const scenario of SCENARIOS) {
      if (scenario.applies?.(traits) === false || (only !== undefined && !scenario.name.includes(only)))
        continue;
      await runOne(scenario, adapt(real, era), version);
    }
  } finally {
    await real.stop();
  }
}

function adapt(real: RealGateway, era: string): ScenarioGateway {
  return {
    era,
    url: real.url,
    port: real.port,
    token: real.token,
    joinUrl: async () => {
      const { stdout, stderr } = await real.cli(["devices", "join-code", "--json"]);
      const url: unknown = JSON.parse(stdout || "{}").joinUrl;
      if (typeof url !== "string") throw new Error(`no join URL: ${stdout}${stderr}`);
      return url;
    },
    restart: () => real.restart(),
    stop: () => real.stop(),
  };
}

async function runOne(scenario: Scenario, gateway: ScenarioGateway, version: string): Promise<void> {
  const world = new World(gateway);
  const startedAt = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${SCENARIO_LIMIT_MS} ms`)), SCENARIO_LIMIT_MS);
  });
  try {
    await Promise.race([scenario.run(world), limit]);
    passed += 1;
    process.stdout.write(`  ok    ${version} ${scenario.name} (${Date.now() - startedAt} ms)\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(
      `  FAIL  ${version} ${scenario.name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  } finally {
    clearTimeout(timer);
    await world.close();
  }
}
