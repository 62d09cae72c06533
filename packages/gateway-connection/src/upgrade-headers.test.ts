import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "./errors.ts";
import { failureOf } from "./node-profile.test.support.ts";
import { openSocket } from "./open-socket.ts";
import { freePort, startGateway } from "./scripted-gateway.test.support.ts";
import { endpointFromParts } from "./endpoint.ts";
import { checkHeaders } from "./upgrade-headers.ts";

const REFUSED = expect.objectContaining({ code: "bad-header" });

describe("headers of the upgrade request", () => {
  it("reach the Gateway, and are asked for anew at each attempt", async () => {
    const gateway = await startGateway(async () => undefined);
    let attempt = 0;
    const headers = async (): Promise<readonly { name: string; value: string }[]> => {
      attempt += 1;
      return [{ name: "CF-Access-Client-Id", value: `id ${attempt}` }];
    };
    for (const expected of ["id 1", "id 2"]) {
      const socket = await openSocket(gateway.endpoint, undefined, { headers });
      expect(gateway.clients.at(-1)?.upgrade.headers["cf-access-client-id"]).toBe(expected);
      socket.terminate();
    }
  });

  it("that cannot be sent are known before a connection is made", async () => {
    const endpoint = endpointFromParts({ host: "127.0.0.1", port: await freePort(), tls: false });
    const headers = async (): Promise<readonly { name: string; value: string }[]> => [
      { name: "X-Secret", value: "hush-hush\r\nX-Other: 1" },
    ];
    const error = await failureOf(openSocket(endpoint, undefined, { headers }));
    expect(error.code).toBe("bad-header");
    expect(error.message).not.toContain("hush");
  });

  it.each([
    "Connection",
    "upgrade",
    "HOST",
    "Origin",
    "Sec-WebSocket-Key",
    "sec-websocket-protocol",
    "Proxy-Authorization",
    "Transfer-Encoding",
    "Content-Length",
    "",
    "a b",
    "a:b",
    "a\r\nb",
    "ä",
    "x".repeat(200),
  ])("%j is no name for one", (name) => {
    expect(() => checkHeaders([{ name, value: "v" }])).toThrow(REFUSED);
  });

  it.each(["", " ", "a\n", "a\r\nb: c", "a\0b", "ä", " a", "a ", "x".repeat(5000)])(
    "%j is no value",
    (value) => {
      expect(() => checkHeaders([{ name: "X-A", value }])).toThrow(REFUSED);
    },
  );

  it("are few, and each is there once", () => {
    expect(() => checkHeaders([1, 2].map((n) => ({ name: n === 1 ? "X-A" : "x-a", value: "v" })))).toThrow(
      REFUSED,
    );
    const many = Array.from({ length: 17 }, (_, n) => ({ name: `X-${n}`, value: "v" }));
    expect(() => checkHeaders(many)).toThrow(REFUSED);
    expect(Object.keys(checkHeaders(many.slice(1)))).toHaveLength(16);
  });

  it("any texts are headers without a line break, or one of our errors", () => {
    const text = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: "binary", maxLength: 30 }));
    fc.assert(
      fc.property(text, text, (name, value) => {
        try {
          for (const [key, content] of Object.entries(checkHeaders([{ name, value }])))
            expect(`${key}: ${content}`).toMatch(/^[\x20-\x7e\t]+$/u);
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectionError);
        }
      }),
    );
  });
});
