// Records what real Gateways answer to the invalid frames: node record-invalid-frames.ts [VERSION...]
// Replaces the recordings of these versions; the others stay.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { INVALID_FRAME_CASES, runInvalidFrameCase } from "./invalid-frames.ts";
import type { FrameOutcome } from "./invalid-frames.ts";
import { startRealGateway } from "./real-gateway.ts";

const file = join(import.meta.dirname, "recorded-invalid-frames.json");
const versions = process.argv.slice(2);
const recorded: Record<string, Record<string, FrameOutcome>> = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : {};
for (const version of versions.length > 0 ? versions : ["2026.2.9", "2026.3.31", "2026.6.1", "2026.9.6"]) {
  const gateway = await startRealGateway({ version });
  const outcomes: Record<string, FrameOutcome> = {};
  try {
    for (const trial of INVALID_FRAME_CASES) outcomes[trial.name] = await runInvalidFrameCase(trial, gateway);
  } finally {
    await gateway.stop();
  }
  recorded[version] = outcomes;
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  console.log(`${version}: ${INVALID_FRAME_CASES.length} cases`);
}
