import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { works } from "./credential-scenarios.ts";
import { runCli } from "./node-process.ts";
import type { Scenario } from "./scenarios.ts";
import type { World } from "./world.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../packages/gateway-connection/fixtures/${name}.pem`, import.meta.url));
const FOREIGN = "ab".repeat(32);

interface OwnPins {
  /** As tools print it. */
  readonly certificate: string;
  readonly publicKey: string;
}

/** What the Gateway's own file says, read without any code of ours. */
function pinsIn(file: string): OwnPins {
  const certificate = new X509Certificate(readFileSync(file));
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  const publicKey = `sha256//${createHash("sha256").update(key).digest("base64")}`;
  return { certificate: certificate.fingerprint256, publicKey };
}

function filesOf(world: World): { readonly certificate: string; readonly key: string } {
  const { tls } = world.gateway;
  assert.ok(tls !== undefined, "this Gateway has no TLS");
  return tls;
}

const pinned = (...pins: readonly string[]): readonly string[] =>
  pins.flatMap((pin) => ["--tls-fingerprint", pin]);

export const tlsScenarios: readonly Scenario[] = [
  {
    name: "TLS: a fingerprint, a public key and one of several pins connect, and runs go through",
    tls: true,
    run: async (world) => {
      const { certificate, publicKey } = pinsIn(filesOf(world).certificate);
      const stateDir = world.newStateDir();
      const first = await world.readyNode({ stateDir, args: pinned(certificate) });
      await works(world, first.nodeId);
      await first.node.stop();
      for (const args of [pinned(publicKey), pinned(FOREIGN, certificate), []]) {
        const node = world.startNode({ stateDir, args });
        await node.line(/connected to the Gateway at wss:/u);
        assert.equal(await node.stop(), 0);
      }
    },
  },
  {
    name: "TLS: a wrong pin, or a certificate that nobody vouches for, is told nothing; the host ends with 78",
    tls: true,
    run: async (world) => {
      const { certificate } = pinsIn(filesOf(world).certificate);
      const recorder = await world.tlsRecorder();
      const { port } = recorder;
      for (const [args, why] of [
        [pinned(FOREIGN), /gateway tls fingerprint mismatch: .*; nothing was sent/u],
        [["--tls"], /the TLS certificate of .* was not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/u],
        // It vouches for itself, but for another name than this address.
        [
          ["--tls", "--tls-ca", filesOf(world).certificate],
          /was not accepted \(ERR_TLS_CERT_ALTNAME_INVALID\)/u,
        ],
      ] as const) {
        const node = world.startNode({ port, args });
        assert.equal(await node.exited, 78, node.output());
        assert.match(node.output(), why);
      }
      const url = `wss://127.0.0.1:${port}`;
      const asOperator = ["nodes", "list", "--url", url, "--token", world.gateway.token, ...pinned(FOREIGN)];
      const listed = await runCli(asOperator, { stateDir: world.newStateDir() });
      assert.equal(listed.code, 1);
      assert.match(listed.stderr, /fingerprint mismatch/u);
      assert.ok(recorder.handshakes() >= 4, "they all came that far");
      assert.equal(recorder.told(), 0);
      // The same recorder sees what a host says to whom it believes.
      const node = world.startNode({ port, args: pinned(certificate) });
      await node.line(/connected to the Gateway/u);
      assert.ok(recorder.told() > 0);
    },
  },
  {
    name: "TLS: `node tls show` prints what the Gateway's own file says",
    tls: true,
    run: async (world) => {
      const own = pinsIn(filesOf(world).certificate);
      const stateDir = world.newStateDir();
      const args = ["node", "tls", "show", "--host", "127.0.0.1", "--port", String(world.gateway.port)];
      const shown = await runCli(args, { stateDir });
      assert.equal(shown.code, 0, shown.stderr);
      const text = shown.stdout.replaceAll(/\s+/gu, "");
      for (const part of [own.certificate, own.publicKey]) assert.ok(text.includes(part), shown.stdout);
      const { pin, trusted, selfSigned } = JSON.parse(
        (await runCli([...args, "--json"], { stateDir })).stdout,
      );
      const certificate = own.certificate.replaceAll(":", "").toLowerCase();
      assert.deepEqual(
        { pin, trusted, selfSigned },
        { pin: { ...own, certificate }, trusted: false, selfSigned: true },
      );
    },
  },
  // The last one: the Gateway keeps its new certificate.
  {
    name: "TLS: a renewed certificate: the next pin and its authority's file connect, the old pin alone waits",
    tls: true,
    run: async (world) => {
      const files = filesOf(world);
      const old = pinsIn(files.certificate).certificate;
      const next = pinsIn(fixture("signed-cert")).certificate;
      const [both, one] = [world.newStateDir(), world.newStateDir()];
      for (const [stateDir, pins] of [
        [both, [old, next]],
        [one, [old]],
      ] as const) {
        const node = world.startNode({ stateDir, args: pinned(...pins) });
        await node.line(/connected to the Gateway/u);
        await node.stop();
      }
      copyFileSync(fixture("signed-cert"), files.certificate);
      copyFileSync(fixture("signed-key"), files.key);
      await world.gateway.restart();
      const ready = world.startNode({ stateDir: both });
      await ready.line(/connected to the Gateway/u);
      const waiting = world.startNode({ stateDir: one });
      await waiting.line(/fingerprint mismatch: .*a person has to mend this; trying again in 5 min/u);
      const authority = join(world.newStateDir(), "ca.pem");
      copyFileSync(fixture("authority-cert"), authority);
      const vouched = world.startNode({ args: ["--tls", "--tls-ca", authority] });
      await vouched.line(/connected to the Gateway/u);
    },
  },
];
