/** One rung of the ladder; docs/troubleshooting.md has the same table, and a test compares the two. */
export interface DoctorRung {
  readonly id: string;
  readonly looksAt: string;
}

/** From here to the Gateway's challenge: each stands on the one before. */
export const NETWORK_RUNGS = [
  "dns",
  "tcp",
  "proxy",
  "tls",
  "in-the-way",
  "upgrade",
  "challenge",
  "clock",
] as const;
export type NetworkRung = (typeof NETWORK_RUNGS)[number];

/** In the order in which they are shown. Findings about the service have ids of their own: `service-…`. */
export const DOCTOR_RUNGS: readonly DoctorRung[] = [
  { id: "runtime", looksAt: "is this Node or Bun new enough?" },
  { id: "state-directory", looksAt: "is it there, ours, and closed to others?" },
  { id: "settings", looksAt: "`node.json`: a plain file that only we can read?" },
  { id: "device-identity", looksAt: "`identity/device.json`: the same" },
  { id: "device-tokens", looksAt: "`identity/device-auth.json`: the same" },
  { id: "policy-file", looksAt: "`exec-approvals.json`: the same" },
  { id: "service-secrets", looksAt: "the secrets of the service: the same" },
  { id: "files", looksAt: "can these files be read and understood?" },
  { id: "configuration", looksAt: "`openclaw.json`: can it be used?" },
  { id: "gateway-address", looksAt: "which Gateway is meant?" },
  { id: "dns", looksAt: "its name, or the proxy's: is there an address?" },
  { id: "tcp", looksAt: "does anything answer on the port?" },
  { id: "proxy", looksAt: "the proxy of the environment: does it let us through?" },
  { id: "tls", looksAt: "certificate chain, name, dates, and pin, judged as the host judges them" },
  { id: "in-the-way", looksAt: "a redirect, a login page, a reverse proxy without its Gateway?" },
  { id: "upgrade", looksAt: "does the connection become a WebSocket?" },
  { id: "challenge", looksAt: "does a Gateway speak first? Here the look ends: no credential is sent" },
  { id: "clock", looksAt: "this machine's clock against the Gateway's" },
  { id: "credentials", looksAt: "what the host would show, and what the Gateway said to it" },
  { id: "pairing", looksAt: "has the Gateway accepted this machine?" },
  { id: "surface", looksAt: "has the Gateway approved its commands?" },
  { id: "policy", looksAt: "the policy of runs: usable, and not wide open?" },
  { id: "shell", looksAt: "is there a shell for commands that need one?" },
  { id: "path", looksAt: "where runs look for programs" },
  { id: "browser", looksAt: "is there a browser for `browser.proxy`?" },
  { id: "service-manager", looksAt: "does the service manager answer?" },
  { id: "service", looksAt: "is the service installed, enabled, and do its paths exist?" },
  { id: "lingering", looksAt: "does it run while nobody is logged in?" },
  { id: "host", looksAt: "does a host run here, and is it the service's?" },
  { id: "gateway", looksAt: "what the running host says about its connection" },
  { id: "identity", looksAt: "does another host use the same identity or state directory?" },
];

/** The same things in the order of the ladder. What the service and the host are told about stands at their rungs. */
export function inLadderOrder<T extends { readonly id: string }>(checks: readonly T[]): readonly T[] {
  const places = new Map(DOCTOR_RUNGS.map(({ id }, index) => [id, index]));
  const placeOf = (id: string): number =>
    places.get(id) ?? places.get(id.startsWith("service-") ? "service" : "host") ?? DOCTOR_RUNGS.length;
  return checks.toSorted((a, b) => placeOf(a.id) - placeOf(b.id));
}
