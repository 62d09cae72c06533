import * as fc from "fast-check";
import { expect, it } from "vitest";
import { endpointFromParts, endpointFromUrl, type EndpointInput } from "./endpoint.ts";

function parts(input: Partial<EndpointInput>): unknown {
  return endpointFromParts({ host: "127.0.0.1", port: 18_789, tls: false, ...input });
}

it.each(["ann:hush@gw.example", "wss://ann:hush@gw.example", "hush@gw.example"])(
  "a host with credentials (%s) is refused without repeating them",
  (host) => {
    const refused = (): unknown => endpointFromParts({ host, port: 1, tls: true });
    expect(refused).toThrow("OPENCLAW_GATEWAY_TOKEN");
    expect(refused).not.toThrow(/hush/u);
  },
);

it.each([
  "/?token=hush",
  "/gw?a=1&Access_Token=hush",
  "/gw?hush",
  "?sig=hush",
  "/gw#token=hush",
  "#hush",
  "/a b?key=hush",
  "/gw/%20?\u001B[31mhush",
])("a query or fragment (%j) is refused everywhere, without repeating it", (rest) => {
  for (const refused of [
    (): unknown => parts({ contextPath: rest }),
    (): unknown => parts({ contextPath: `  ${rest}  ` }),
    (): unknown => parts({ host: `gw.example${rest}`, tls: true }),
    (): unknown => parts({ host: `wss://gw.example${rest}`, tls: true }),
  ]) {
    expect(refused).toThrow(expect.objectContaining({ code: "bad-endpoint" }));
    expect(refused).toThrow(/no query and no fragment.*OPENCLAW_GATEWAY_TOKEN.*--header/u);
    expect(refused).not.toThrow(/hush/u);
  }
  for (const place of ["ws://127.0.0.1:1", "wss://gw.example", "ws://ann:hush@127.0.0.1"]) {
    const refused = (): unknown => endpointFromUrl(`${place}${rest}`);
    expect(refused).toThrow(expect.objectContaining({ code: "bad-endpoint" }));
    expect(refused).not.toThrow(/hush/u);
  }
});

it("any query, however it is called, is refused without its text", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("?", "#"),
      fc.webQueryParameters({ size: "small" }).map((text) => `${text}hush`),
      (mark, text) => {
        const refused = (): unknown => endpointFromUrl(`ws://127.0.0.1:1/x${mark}${text}`);
        expect(refused).toThrow(/no query and no fragment/u);
        expect(refused).not.toThrow(/hush/u);
      },
    ),
  );
});
