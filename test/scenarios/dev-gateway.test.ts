import { ERAS, startDevGateway, type Era } from "@openclaw/dev-gateway";
import { describe, it } from "vitest";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { ERA_TRAITS, World } from "./world.ts";

const TOKEN = "scenario-token-0123456789";
const SCENARIO_LIMIT_MS = 120_000;
/** Everything, unless another runtime is tried on some of them (`pnpm test:runtimes`). */
const TRIED_ERAS = ERAS.filter((era) =>
  (process.env["OPENCLAW_TEST_ERAS"] ?? ERAS.join()).split(",").includes(era),
);
/** As a real one makes it for itself: it names no address. */
const OWN_CERTIFICATE = fileURLToPath(
  new URL("../../packages/gateway-connection/fixtures/other-name", import.meta.url),
);

async function runOnOwnGateway(scenario: Scenario, era: Era): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-dev-gateway-"));
  const stateFile = join(folder, "gateway.json");
  const tls = { certificate: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  copyFileSync(`${OWN_CERTIFICATE}-cert.pem`, tls.certificate);
  copyFileSync(`${OWN_CERTIFICATE}-key.pem`, tls.key);
  const start = async (token: string, port = 0): ReturnType<typeof startDevGateway> => {
    const files = { cert: readFileSync(tls.certificate), key: readFileSync(tls.key) };
    return await startDevGateway({
      token,
      era,
      stateFile,
      port,
      ...(scenario.tls === true ? { tls: files } : {}),
    });
  };
  let gateway = await start(TOKEN);
  const { port, url } = gateway;
  const world = new World({
    era,
    url,
    port,
    get token() {
      return gateway.token;
    },
    ...(scenario.tls === true ? { tls } : {}),
    joinUrl: () => Promise.resolve(gateway.joinUrl()),
    setupCode: async () => Buffer.from(await documentAt(gateway.joinUrl())).toString("base64url"),
    changeToken: async (token) => {
      // What runs elsewhere hears the reason, and may find nobody for a moment.
      gateway.closeClients({ code: 4001, reason: "gateway auth changed" });
      await gateway.close();
      gateway = await start(token, port);
    },
    restart: async () => {
      await gateway.close({ restart: true });
      gateway = await start(TOKEN, port);
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

async function documentAt(url: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false }, (response) => {
      resolve(text(response));
    }).on("error", reject);
  });
}

// Each scenario has a Gateway and nodes of its own and mostly waits: they run side by side.
describe.concurrent.each(TRIED_ERAS)("our own Gateway as of %s", (era) => {
  const traits = ERA_TRAITS[era];
  for (const scenario of SCENARIOS) {
    if (traits !== undefined && scenario.applies?.(traits) === false) continue;
    if (scenario.tls === true && era !== "2026.9") continue;
    it(scenario.name, async () => await runOnOwnGateway(scenario, era), SCENARIO_LIMIT_MS);
  }
});
