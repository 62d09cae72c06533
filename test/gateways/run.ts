// Runs the scenario suite against real Gateways: `pnpm test:gateway [version…]`.
// Installs each version into a cache outside the work tree, starts it on loopback, one at a time.
import { join } from "node:path";
import { ERA_TRAITS, until, World, type ScenarioGateway } from "../scenarios/world.ts";
import { SCENARIOS, type Scenario } from "../scenarios/scenarios.ts";
import { freePorts } from "./free-ports.ts";
import { connectRaw } from "./raw-client.ts";
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
  await runVersion(version, false);
  await runVersion(version, true);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

async function runVersion(version: string, tls: boolean): Promise<void> {
  const era = version.split(".").slice(0, 2).join(".");
  const traits = ERA_TRAITS[era];
  if (traits === undefined)
    throw new Error(`unknown era ${era}; known: ${Object.keys(ERA_TRAITS).join(", ")}`);
  const scenarios = SCENARIOS.filter(
    (scenario) =>
      (scenario.tls ?? false) === tls &&
      scenario.applies?.(traits) !== false &&
      (only === undefined || scenario.name.includes(only)),
  );
  // Each start takes its time: one era's TLS stands for all.
  if (scenarios.length === 0 || (tls && era !== "2026.9")) return;
  const startedAt = Date.now();
  const port = await freePorts(PORT_SPAN);
  // Codes need an address that other machines can reach, as far as the Gateway knows.
  const publicUrl = `${tls ? "https" : "http"}://127.0.0.1:${port}`;
  const plugins = { entries: { "device-pair": { config: { publicUrl } } } };
  const real = await startRealGateway({
    version,
    port,
    tls,
    ...(traits.joinCodes ? { config: { plugins } } : {}),
  });
  process.stdout.write(
    `Gateway ${version}${tls ? " with TLS" : ""} is up after ${Date.now() - startedAt} ms\n`,
  );
  const gateway = adapt(real, era);
  try {
    for (const scenario of scenarios) await runOne(scenario, gateway, version);
  } finally {
    await real.stop();
  }
}

function adapt(real: RealGateway, era: string): ScenarioGateway {
  let { token } = real;
  const files = join(real.stateDir, "gateway", "tls");
  return {
    era,
    url: real.url,
    port: real.port,
    get token() {
      return token;
    },
    ...(real.tlsFingerprint === undefined
      ? {}
      : { tls: { certificate: join(files, "gateway-cert.pem"), key: join(files, "gateway-key.pem") } }),
    joinUrl: async () => {
      const { stdout, stderr } = await real.cli(["devices", "join-code", "--json"]);
      const url: unknown = JSON.parse(stdout || "{}").joinUrl;
      if (typeof url !== "string") throw new Error(`no join URL: ${stdout}${stderr}`);
      return url;
    },
    setupCode: async (from) => {
      if (from === "terminal") {
        const { stdout, stderr } = await real.cli(["qr", "--setup-code-only", "--url", real.url]);
        if (stdout.trim() === "") throw new Error(`no setup code: ${stderr}`);
        return stdout.trim();
      }
      const operator = await connectRaw(real.url, { role: "operator", token });
      const wish = { bootstrapProfile: "node", includeQr: false };
      const { payload, error } = await operator.request("device.pair.setupCode", wish);
      await operator.close();
      if (typeof payload?.setupCode !== "string") throw new Error(`no setup code: ${JSON.stringify(error)}`);
      return payload.setupCode;
    },
    changeToken: async (next) => {
      const operator = await connectRaw(real.url, { role: "operator", token });
      const { payload } = await operator.request("config.get", {});
      const raw = JSON.stringify({ gateway: { auth: { token: next } } });
      // It may close this link before it has answered.
      await operator.request("config.patch", { raw, baseHash: payload.hash }).catch(() => undefined);
      await operator.close();
      await until(async () => {
        // Some start anew for it.
        const probe = await connectRaw(real.url, { role: "operator", token: next }).catch(() => undefined);
        await probe?.close();
        return probe?.hello === undefined ? undefined : true;
      }, "the Gateway's new token");
      token = next;
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
