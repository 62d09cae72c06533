// A process with a browser of its own, to be killed by a test: it tells that the browser runs, and then does nothing more.
import { ManagedBrowsers } from "./managed-browsers.ts";
import { parseBrowserCall } from "../browser-call.ts";
import { admitBrowserCall } from "../call-policy.ts";

const browsers = new ManagedBrowsers({ stateDir: process.argv[2] ?? "", config: { noSandbox: true } });
const parsed = parseBrowserCall({ method: "POST", path: "/start" });
if (!parsed.ok) throw parsed.error;
const { call } = parsed;
const policy = { proxyEnabled: true, browserEnabled: true, allowProfiles: [], defaultProfile: "openclaw" };
const admitted = admitBrowserCall(call, policy);
if (!admitted.ok) throw admitted.error;
await browsers.call({ call, admitted }, { signal: new AbortController().signal, era: "2026.9" });
process.stdout.write(`${String(browsers.status()[0]?.pid)}\n`);
