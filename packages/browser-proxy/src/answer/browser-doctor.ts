import { browserStatus } from "./browser-status.ts";
import type { BrowserSettings, ProfileState } from "./browser-status.ts";

interface Check {
  readonly id: string;
  readonly label: string;
  readonly status: "pass" | "info" | "fail";
  readonly summary: string;
}

/** `GET /doctor`: what a browser profile needs, and whether it is there. Nothing is started for it. */
export function browserDoctor(
  state: ProfileState,
  settings: BrowserSettings,
): Readonly<Record<string, unknown>> {
  const checks = [
    check("plugin-enabled", "Browser plugin", "pass", "enabled"),
    ...profileChecks(state, settings),
    check("graphics", "Graphics", "info", "not told by this node"),
  ];
  return {
    ok: checks.every(({ status }) => status !== "fail"),
    profile: state.name,
    transport: "cdp",
    checks,
    status: browserStatus(state, settings, "2026.9"),
  };
}

function profileChecks(
  { name, driver, way, running }: ProfileState,
  { found }: BrowserSettings,
): readonly Check[] {
  if (way === "unsupported")
    return [
      check(
        "profile",
        "Profile",
        "fail",
        `${name} needs the driver ${driver}, which this node does not have`,
      ),
    ];
  const [status, summary] = running
    ? (["pass", way === "managed" ? "the browser answers over a pipe; it has no port" : "attached"] as const)
    : (["info", "no browser runs; the first call starts one"] as const);
  return [
    check("profile", "Profile", "pass", `${name} via cdp`),
    ...(way === "managed"
      ? [
          found.ok
            ? check("managed-executable", "Chromium executable", "pass", `${found.kind} at ${found.path}`)
            : check("managed-executable", "Chromium executable", "fail", found.sentence),
        ]
      : []),
    check("cdp-http", "CDP HTTP", status, summary),
    check("cdp-websocket", "CDP WebSocket", status, summary),
  ];
}

function check(id: string, label: string, status: Check["status"], summary: string): Check {
  return { id, label, status, summary };
}
