// Run where 93.184.216.34 is an address of this machine: says what keeps the proxy from its own servers, or what came.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { dialJudged, judgedAddresses, systemNetwork } from "../egress/reach-host.ts";
import { browserProxyLimits } from "../limits.ts";
import { parseIp } from "./ip-address.ts";
import { strictReachPolicy } from "./reach-policy.ts";

const server = createServer((_, answer) => answer.end("secret of this machine")).listen(0, "0.0.0.0", () => {
  void ask((server.address() as AddressInfo).port).finally(() => server.close());
});

async function ask(port: number): Promise<void> {
  const host = "93.184.216.34";
  const target = { host, port, address: parseIp(host) };
  const signal = new AbortController().signal;
  const rest = { policy: strictReachPolicy, network: systemNetwork, limits: browserProxyLimits, signal };
  const question = { target, ownPort: 1, ...rest };
  const judged = await judgedAddresses(question);
  if (!judged.ok) {
    process.stdout.write(`${judged.reason}\n`);
    return;
  }
  const dialed = await dialJudged(judged.addresses, question);
  process.stdout.write(dialed.ok ? "reached\n" : `${dialed.reason}\n`);
  if (dialed.ok) dialed.socket.destroy();
}
