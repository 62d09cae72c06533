import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDevGateway } from "./index.ts";
import { newIdentity } from "./testing/client.test.support.ts";
import { REMOTE, startScene } from "./testing/scene.test.support.ts";

let directory = "";
let stateFile = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dev-gateway-"));
  stateFile = join(directory, "deep", "state.json");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("pairing, surface, tokens and the Gateway's own token survive a restart", async () => {
  const identity = newIdentity();
  let token: string;
  let deviceToken: string;
  {
    await using scene = await startScene({ stateFile });
    token = scene.gateway.token;
    const { requestId } = (await scene.join({ identity, ...REMOTE })).error.details;
    await scene.operator.request("device.pair.approve", { requestId });
    const node = await scene.node({ identity, displayName: "n1", ...REMOTE });
    deviceToken = node.hello.auth.deviceToken;
    await scene.operator.request("node.rename", { nodeId: identity.id, displayName: "Kitchen" });
  }
  await using again = await startScene({ stateFile });
  expect(again.gateway.token).toBe(token);
  const node = await again.join({ identity, token: deviceToken, ...REMOTE });
  expect(node.hello.auth).toMatchObject({ method: "device-token", deviceToken });
  node.answerInvokes(() => 1);
  expect((await again.invoke(node, "system.which")).ok).toBe(true);
  const shown = await again.operator.request("node.describe", { nodeId: identity.id });
  expect(shown.payload).toMatchObject({ displayName: "Kitchen", approvalState: "approved" });
});

test("only its owner can read it, and no half-written file stays behind", async () => {
  await using scene = await startScene({ stateFile });
  await scene.node();
  // Windows has no such bits and says so by showing them all as granted to everyone.
  const expected = process.platform === "win32" ? 0o666 : 0o600;
  expect(statSync(stateFile).mode & 0o777).toBe(expected);
  expect(readdirSync(dirname(stateFile))).toEqual(["state.json"]);
  const document = JSON.parse(readFileSync(stateFile, "utf8"));
  expect(document).toMatchObject({ version: 1, token: scene.gateway.token });
});

test("a given token wins over the kept one", async () => {
  await (await startDevGateway({ stateFile })).close();
  await using gateway = await startDevGateway({ stateFile, token: "given" });
  expect(gateway.token).toBe("given");
});

test("a huge but valid declaration can be read back", async () => {
  const identity = newIdentity();
  {
    await using scene = await startScene({ stateFile });
    const caps = Array.from({ length: 3000 }, (_, index) => `cap-${index}`);
    const node = await scene.node({ identity, caps, displayName: "n".repeat(20_000) });
    expect(node.hello.type).toBe("hello-ok");
  }
  await using again = await startScene({ stateFile });
  const { paired } = (await again.operator.request("node.pair.list", {})).payload;
  expect(paired[0].caps).toHaveLength(256);
});

test.each([
  ["no JSON", "{"],
  ["another document", '{"version":2}'],
  ["a list", "[]"],
  ["a device without a key", '{"version":1,"token":"t","devices":[{}],"surfaces":[]}'],
])("%s stops the start and stays as it is", async (_name, text) => {
  const path = join(directory, "state.json");
  writeFileSync(path, text);
  await expect(startDevGateway({ stateFile: path })).rejects.toMatchObject({
    code: "state-unreadable",
    message: `the state file \`${path}\` is not used, because it is not a state file of this program; move it away or choose another path`,
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a path that cannot be written stops the start", async () => {
  const path = join(directory, "file");
  writeFileSync(path, "");
  const below = join(path, "state.json");
  await expect(startDevGateway({ stateFile: below })).rejects.toMatchObject({
    code: expect.stringMatching(/^state-un/),
  });
});

test("a file that cannot be written any more is told about and stops nothing", async () => {
  const lines: string[] = [];
  await using scene = await startScene({ stateFile, log: (line) => lines.push(line) });
  rmSync(join(directory, "deep"), { recursive: true });
  writeFileSync(join(directory, "deep"), "");
  const node = await scene.node();
  expect(node.hello.type).toBe("hello-ok");
  expect(lines.some((line) => line.startsWith("the state file"))).toBe(true);
});
