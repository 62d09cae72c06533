import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { GatewayWay } from "@openclaw/gateway-connection";
import { describe, expect, it, onTestFinished } from "vitest";
import { CliError } from "../errors.ts";
import { gatewayWay } from "../host/gateway-way.ts";
import { parseJoinUrl, redeemJoinUrl } from "./join-url.ts";

const PAYLOAD = { url: "wss://gw.example", bootstrapToken: "token-0123456789" };
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../../packages/gateway-connection/fixtures/${name}`, import.meta.url), "utf8");

/** A web server that answers once per request as it is told; gives its address and the paths it was asked for. */
async function served(
  answer: RequestListener,
  tls = false,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  };
  const certificate = { key: fixture("gateway-key.pem"), cert: fixture("gateway-cert.pem") };
  const server = tls ? createTlsServer(certificate, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}/j/abc`, asked };
}

const json: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(PAYLOAD));
};

async function redeem(url: string, tlsFingerprint?: string, way: GatewayWay = {}): Promise<unknown> {
  const join = parseJoinUrl(url);
  if (join === undefined) throw new Error("no join URL");
  return await redeemJoinUrl(join, tlsFingerprint === undefined ? {} : { tlsFingerprint }, way);
}

describe("redeemJoinUrl", () => {
  it("asks once and reads what a setup code says", async () => {
    const { url, asked } = await served(json);
    expect(await redeem(url)).toMatchObject({ urls: [PAYLOAD.url], bootstrapToken: PAYLOAD.bootstrapToken });
    expect(asked).toEqual(["GET /j/abc"]);
  });

  it("trusts a certificate of the Gateway's own only by its pin, and sends nothing before", async () => {
    const { url, asked } = await served(json, true);
    await expect(redeem(url)).rejects.toThrow(/could not be redeemed: the TLS certificate/u);
    await expect(redeem(url, "cd".repeat(32))).rejects.toThrow(/fingerprint mismatch/u);
    expect(asked).toEqual([]);
    const pin = new X509Certificate(fixture("gateway-cert.pem")).fingerprint256;
    expect(await redeem(url, pin)).toMatchObject({ urls: [PAYLOAD.url] });
    expect(asked).toEqual(["GET /j/abc"]);
  });

  it("brings the headers of an access proxy, behind the pin, and shows none that is missing", async () => {
    const seen: IncomingHttpHeaders[] = [];
    const { url } = await served((request, response) => {
      seen.push(request.headers);
      json(request, response);
    }, true);
    const headers = { "X-Door-Key": "env:DOOR_KEY", Accept: "env:ACCEPT" };
    const env = {
      DOOR_KEY: "open-sesame",
      ACCEPT: "text/html",
      CF_ACCESS_CLIENT_ID: "id.access",
      CF_ACCESS_CLIENT_SECRET: "cf-secret",
    };
    const way = gatewayWay({ env, headers, secure: true });
    const pin = new X509Certificate(fixture("gateway-cert.pem")).fingerprint256;
    await expect(redeem(url, "cd".repeat(32), way)).rejects.toThrow(/fingerprint mismatch/u);
    await expect(
      redeem(url, pin, gatewayWay({ env: {}, headers: { "X-Door-Key": "env:DOOR_KEY" }, secure: true })),
    ).rejects.toThrow(/no value for the header `X-Door-Key`: the variable DOOR_KEY is not set/u);
    expect(seen).toEqual([]);
    await redeem(url, pin, way);
    expect(seen).toMatchObject([
      {
        "x-door-key": "open-sesame",
        "cf-access-client-id": "id.access",
        "cf-access-client-secret": "cf-secret",
        accept: "application/json",
      },
    ]);
  });

  const answered =
    (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) =>
      void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);

  it.each([
    ["a code that is gone", answered(404, '{"error":"not_found"}'), /expired or was used already/u],
    ["a redirect", answered(302, "", { location: "http://127.0.0.1:1/j/abc" }), /not followed/u],
    ["a page", answered(200, "<html>", { "content-type": "text/html" }), /no pairing code/u],
    ["a broken server", answered(500, "{}"), /HTTP 500/u],
    ["other JSON", answered(200, "[1]"), /cannot be read/u],
    ["an endless answer", answered(200, "x".repeat(100_000)), /larger than 24576 bytes/u],
    ["no text", answered(200, "\u0000"), /not JSON/u],
  ])("explains %s", async (_what, answer, why) => {
    const { url, asked } = await served(answer);
    const error: unknown = await redeem(url).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).message).toMatch(why);
    expect(asked).toHaveLength(1);
  });

  it("explains that nobody answers", async () => {
    await expect(redeem("http://127.0.0.1:1/j/abc")).rejects.toThrow(/connection refused/u);
  });
});
