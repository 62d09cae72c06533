import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { FULL_POLICY, startHost, stateDir } from "./bad-input/host.ts";
import { scriptedGateway } from "./bad-input/scripted-gateway.ts";

/** Looks on inside the host, from before its first line until it ends. */
const LOOK = `
  import { writeFileSync } from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  import v8 from "node:v8";
  const { setFlagsFromString } = v8;
  let before;
  v8.setFlagsFromString = (flag) => {
    before ??= [...process.moduleLoadList];
    setFlagsFromString(flag);
  };
  syncBuiltinESMExports();
  const used = [];
  for (const name of Object.getOwnPropertyNames(Intl)) {
    const Real = Intl[name];
    if (typeof Real !== "function" || Real.prototype === undefined) continue;
    Intl[name] = new Proxy(Real, { construct: (...call) => (used.push(name), Reflect.construct(...call)) });
  }
  process.on("exit", () => {
    const late = process.moduleLoadList.filter((name) => !before.includes(name) && name.startsWith("NativeModule "));
    writeFileSync(process.env.LOOK_FILE, JSON.stringify({ before, late, used }));
  });`;

it("loads no TLS and no tables of languages where it needs none, and Node's modules as Node has compiled them", async () => {
  const folder = stateDir({ "look.mjs": LOOK });
  const seen = join(folder, "seen.json");
  writeFileSync(seen, "{}");
  const gateway = await scriptedGateway((visitor) => visitor.accept());
  const node = startHost({
    port: gateway.port,
    stateDir: stateDir({ "exec-approvals.json": FULL_POLICY }),
    env: { NODE_OPTIONS: `--import ${pathToFileURL(join(folder, "look.mjs")).href}`, LOOK_FILE: seen },
  });
  await node.line(/connected to the Gateway/u);
  const visitor = await gateway.visitor(0);
  visitor.invoke("i-1", "system.run", { command: ["/bin/echo", "hello"] });
  expect(await visitor.result("i-1")).toMatchObject({ success: true });
  node.child.kill("SIGTERM");
  expect(await node.exited).toBe(0);
  const { before, late, used } = JSON.parse(readFileSync(seen, "utf8"));
  expect(before).toContain("NativeModule http");
  // Some load more of themselves as soon as an import names all that they have.
  expect(late.filter((name: string) => !name.startsWith("NativeModule internal/"))).toEqual([]);
  expect(used).toEqual([]);
  expect(before.filter((name: string) => /NativeModule (?:_?tls|https)/u.test(name))).toEqual([]);
});
