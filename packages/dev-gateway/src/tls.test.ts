import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startScene } from "./testing/scene.test.support.ts";

const read = (name: string): string =>
  readFileSync(new URL(`./fixtures/test-only-${name}.pem`, import.meta.url), "utf8");

test("with a certificate it speaks wss:// only", async () => {
  await using scene = await startScene({ tls: { key: read("key"), cert: read("cert") } });
  expect(scene.gateway.url).toBe(`wss://127.0.0.1:${scene.gateway.port}`);
  const trusting = await scene.join({ socket: { rejectUnauthorized: true, ca: read("cert") } });
  expect(trusting.hello.type).toBe("hello-ok");
  const plain = new WebSocket(scene.gateway.url.replace("wss:", "ws:"));
  const [error] = await once(plain, "error");
  expect(error).toBeInstanceOf(Error);
});
