import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { exchange, get, startHttp, startProxy } from "./egress.test.support.ts";
import { forwardedRequest, isAmbiguousRequest } from "./forward-headers.ts";

const target = { host: "h.example", port: 80, address: undefined };

describe("hostile bytes", () => {
  it("never get past the proxy, and never break it", { timeout: 60_000 }, async () => {
    const seen: string[] = [];
    const { port } = await startHttp((request, answer) => {
      seen.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.host ?? ""}`);
      request.resume();
      answer.end("ok");
    });
    const under = await startProxy({
      config: { allowedHostnames: [`127.0.0.1:${String(port)}`] },
      limits: { proxyHeaderMs: 50, requestIdleMs: 50 },
    });
    const url = `http://127.0.0.1:${String(port)}/`;
    const pieces = fc.constantFrom(
      "GET ",
      "POST ",
      "CONNECT ",
      url,
      "http://10.0.0.1/",
      `127.0.0.1:${String(port)}`,
      "10.0.0.1:80",
      " HTTP/1.1",
      "\r\n",
      "\n",
      "\r",
      "\r\n\r\n",
      "\0",
      " ",
      "\t",
      ":",
      "Host: 10.0.0.1\r\n",
      `Host: 127.0.0.1:${String(port)}\r\n`,
      "Content-Length: 5\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Connection: close\r\n",
      "0\r\n\r\n",
      "5\r\nhello\r\n",
      `Proxy-Authorization: ${under.auth}\r\n`,
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\u00ff\u0000\u0016\u0003\u0001",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 12 }), async (parts) => {
        await exchange(under.proxy.port, Buffer.from(parts.join(""), "latin1"));
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(await get(under, url)).toMatch(/ 200 /);
    // Whatever came through is one plain request for the one open host.
    expect(seen.filter((line) => !line.endsWith(` / 127.0.0.1:${String(port)}`))).toEqual([]);
    expect(new Set(under.dialed)).toEqual(new Set(["127.0.0.1"]));
  });
});

describe("forwarded headers", () => {
  const name = fc.constantFrom(
    "Host",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Keep-Alive",
    "Proxy-Authorization",
    "TE",
    "Upgrade",
    "Cookie",
    "Accept",
    "X-Own",
    "content-LENGTH",
    "proxy-connection",
    "Trailer",
    "Expect",
  );
  const value = fc.constantFrom(
    "5",
    "chunked",
    "close, Content-Length, Cookie",
    "x-own",
    "h.example",
    "gzip",
    "",
    "05",
  );

  it("say once where the body ends, and once who is meant", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 12 }),
        fc.constantFrom("GET", "POST"),
        (all, method) => {
          const flat = all.flat();
          if (isAmbiguousRequest(flat, target)) return;
          const names = forwardedRequest(flat, method, target)
            .filter((_, index) => index % 2 === 0)
            .map((text) => text.toLowerCase());
          const count = (wanted: string): number => names.filter((one) => one === wanted).length;
          expect(count("host")).toBe(1);
          expect(count("content-length") + count("transfer-encoding")).toBeLessThanOrEqual(1);
          expect(count("content-length") + count("transfer-encoding")).toBe(
            method === "POST" ||
              flat.some(
                (text, index) => index % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(text),
              )
              ? 1
              : 0,
          );
          expect(
            names.filter((one) => /^(?:proxy-|connection|keep-alive|te$|trailer|upgrade|expect)/.test(one)),
          ).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [["Content-Length", "1", "Transfer-Encoding", "chunked"]],
    [["Content-Length", "1", "content-length", "1"]],
    [["Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"]],
    [["Transfer-Encoding", "gzip, chunked"]],
    [["Content-Length", "0x1"]],
    [["Content-Length", "1, 1"]],
    [["Host", "h.example", "Host", "h.example"]],
    [["Host", "other.example"]],
    [["Host", "h.example:81"]],
    [Array.from({ length: 402 }, () => "X")],
  ])("that can be read in two ways are noticed, whatever the parser lets pass: %.60j", (flat) => {
    expect(isAmbiguousRequest(flat, target)).toBe(true);
  });

  it.each([
    [[]],
    [["Host", "H.example.:80", "Content-Length", "12"]],
    [["host", "h.example", "transfer-encoding", "Chunked"]],
  ])("that are plain pass: %j", (flat) => {
    expect(isAmbiguousRequest(flat, target)).toBe(false);
  });

  it("leave out what Connection names", () => {
    expect(
      forwardedRequest(["X-Own", "1", "Connection", "close, X-Own", "Accept", "*/*"], "GET", target),
    ).toEqual(["Host", "h.example", "Accept", "*/*"]);
  });
});
