import { describe, expect, it } from "vitest";

import { get, startHttp, startProxy, tunnel } from "./egress.test.support.ts";

/** A name whose answers change with each question; the last one stays. */
function changing(...answers: readonly (readonly string[])[]): () => Promise<readonly string[]> {
  let asked = 0;
  return () => {
    asked += 1;
    return Promise.resolve(answers[Math.min(asked, answers.length) - 1] ?? []);
  };
}

describe("a name that rebinds", () => {
  it("is judged anew for each connection, and dialed at the judged address", async () => {
    const { port } = await startHttp((_, answer) => answer.end("secret of the machine"));
    const under = await startProxy({ resolve: changing(["93.184.216.34"], ["127.0.0.1"]) });
    const url = `http://rebind.example:${String(port)}/`;
    expect(await get(under, url)).toMatch(/ 200 /);
    const second = await get(under, url);
    expect(second).toMatch(/ 403 [^]*`rebind\.example` is refused: this host is the node itself/);
    expect(second).not.toContain("127.0.0.1");
    expect(under.dialed).toEqual(["93.184.216.34"]);
  });

  it("is resolved once for one connection", async () => {
    let asked = 0;
    const { port } = await startHttp((_, answer) => answer.end("x"));
    const under = await startProxy({
      resolve: () => {
        asked += 1;
        return Promise.resolve(["93.184.216.34"]);
      },
    });
    expect((await tunnel(under, `once.example:${String(port)}`)).head).toMatch(/ 200 /);
    expect(asked).toBe(1);
  });

  it.each([
    ["a closed address beside a public one", ["93.184.216.34", "10.0.0.1"], "private"],
    ["the same the other way around", ["::1", "93.184.216.34"], "loopback"],
    ["a metadata service", ["169.254.169.254"], "metadata"],
    ["IPv4 in IPv6", ["::ffff:127.0.0.1"], "loopback"],
    ["NAT64", ["64:ff9b::a00:1"], "private"],
    ["the unspecified address", ["0.0.0.0"], "unspecified"],
    ["an address with a zone", ["fe80::1%lo"], "resolve-failed"],
    ["an odd spelling", ["127.1"], "resolve-failed"],
    ["another name", ["localhost"], "resolve-failed"],
    ["nothing", [], "no-address"],
  ])("is refused when it leads to %s", async (_, addresses, reason) => {
    const under = await startProxy({ resolve: () => Promise.resolve(addresses) });
    const { head } = await tunnel(under, "evil.example:443");
    expect(head).toMatch(/ (?:403|502) /);
    expect(under.records).toMatchObject([{ target: "evil.example:443", allowed: false, reason }]);
    expect(under.dialed).toEqual([]);
  });

  it("cannot use a redirect: the next request is judged like the first", async () => {
    const canary: string[] = [];
    const { port: secret } = await startHttp((request, answer) => {
      canary.push(request.url ?? "");
      answer.end("secret");
    });
    const { port } = await startHttp((_, answer) => {
      answer.writeHead(302, { Location: `http://127.0.0.1:${String(secret)}/` }).end();
    });
    const under = await startProxy({ resolve: () => Promise.resolve(["93.184.216.34"]) });
    const first = await get(under, `http://start.example:${String(port)}/`);
    const [, location = ""] = /Location: (\S+)/.exec(first) ?? [];
    expect(await get(under, location)).toMatch(/ 403 /);
    expect(canary).toEqual([]);
  });

  it("tries the next judged address when one does not answer", async () => {
    const { port } = await startHttp((_, answer) => answer.end("here"));
    const under = await startProxy({
      config: { allowedHostnames: ["two.example"] },
      resolve: () => Promise.resolve(["::1", "127.0.0.1"]),
    });
    expect(await get(under, `http://two.example:${String(port)}/`)).toMatch(/ 200 [^]*here$/);
    expect(under.dialed).toEqual(["0:0:0:0:0:0:0:1", "127.0.0.1"]);
  });
});
