import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { canMakeNamespaces, makeNamespace, type Namespace } from "./namespace.ts";
import { faultScene, type FaultScene } from "./scene.ts";

type Case = readonly [what: string, begin: (net: Namespace) => void, end: (net: Namespace) => void];

/** Each lasts longer than two ticks, so that the host has to find it out. */
const OUTAGES: readonly Case[] = [
  [
    "a route that swallows everything, on the host's side",
    (net) => net.inside("ip", "route", "add", "blackhole", `${net.gatewayHost}/32`),
    (net) => net.inside("ip", "route", "del", "blackhole", `${net.gatewayHost}/32`),
  ],
  [
    "a route that swallows everything, on the Gateway's side",
    (net) => net.outside("ip", "route", "add", "blackhole", `${net.hostAddress}/32`),
    (net) => net.outside("ip", "route", "del", "blackhole", `${net.hostAddress}/32`),
  ],
  [
    "a route that answers that nobody is there",
    (net) => net.inside("ip", "route", "add", "unreachable", `${net.gatewayHost}/32`),
    (net) => net.inside("ip", "route", "del", "unreachable", `${net.gatewayHost}/32`),
  ],
  [
    "a cable that is pulled out",
    (net) => net.inside("ip", "link", "set", net.cards.inside, "down"),
    (net) => net.inside("ip", "link", "set", net.cards.inside, "up"),
  ],
  [
    "an address that goes and comes",
    (net) => net.inside("ip", "addr", "flush", "dev", net.cards.inside),
    (net) => net.inside("ip", "addr", "add", `${net.hostAddress}/30`, "dev", net.cards.inside),
  ],
];

/** The host works on, over the same connection. */
const NARROW: readonly (readonly [what: string, begin: (net: Namespace) => void])[] = [
  [
    "packets of 600 bytes",
    (net) => {
      net.inside("ip", "link", "set", net.cards.inside, "mtu", "600");
      net.outside("ip", "link", "set", net.cards.outside, "mtu", "600");
    },
  ],
  [
    "512 kbit a second, both ways",
    (net) => {
      const rate = ["root", "tbf", "rate", "512kbit", "burst", "4kb", "latency", "400ms"];
      net.inside("tc", "qdisc", "add", "dev", net.cards.inside, ...rate);
      net.outside("tc", "qdisc", "add", "dev", net.cards.outside, ...rate);
    },
  ],
];

async function scene(): Promise<{ readonly net: Namespace; readonly scene: FaultScene }> {
  const net = makeNamespace();
  onTestFinished(() => net.remove());
  return { net, scene: await faultScene({ gatewayHost: net.gatewayHost, through: net.through }) };
}

// Only root can make networks; everybody else has the proxy's tests. Where everything must hold, what cannot be tried fails.
const here = process.env["CI"] === "true" || canMakeNamespaces();

describe("a host in a network of its own", { timeout: 120_000 }, () => {
  it.each(here ? OUTAGES : [])("is back after %s", async (_what, begin, end) => {
    const { net, scene: at } = await scene();
    expect(await at.run()).toBe(true);
    const endLoad = at.load();
    begin(net);
    expect(await at.run(500)).toBe(false);
    await pause(3000);
    end(net);
    expect(await at.readyAgain(25_000)).toBeLessThanOrEqual(25_000);
    await endLoad();
    await at.check();
  });

  it.each(here ? NARROW : [])("works on with %s", async (_what, begin) => {
    const { net, scene: at } = await scene();
    begin(net);
    const output = await at.output(100_000);
    expect(output).toHaveLength(100_000);
    await at.check();
    expect(at.node.output()).not.toMatch(/gateway closed/u);
  });

  it("is tried as root alone, and says so elsewhere", () => {
    if (!here)
      console.warn("no network namespaces for this account: lost routes, MTU and rate were not tried");
    expect(OUTAGES.length + NARROW.length).toBe(7);
  });
});
