import { namesFor, serviceBase } from "./service-names.ts";
import { servicePath, type PathQuestion } from "./service-path.ts";
import type { ServiceTarget } from "./service-spec.ts";

export interface EnvironmentQuestion extends PathQuestion {
  readonly target: ServiceTarget;
  /** Version of this program. */
  readonly version: string;
}

/** What goes into `ServiceSpec`. */
export interface CapturedEnvironment {
  readonly environment: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
}

/** By this the definitions of this program are known from those of official releases. */
export const WRITER_VARIABLE = "OPENCLAW_SERVICE_WRITER";
export const WRITER = "@openclaw/node";

/** Taken over when set and not blank. */
const TAKEN = [
  "OPENCLAW_CONFIG_PATH",
  "OPENCLAW_ALLOW_INSECURE_PRIVATE_WS",
  "OPENCLAW_LOG_LEVEL",
  "OPENCLAW_LOG_FORMAT",
  "NODE_EXTRA_CA_CERTS",
];
const SECRET = [
  "OPENCLAW_GATEWAY_TOKEN",
  "OPENCLAW_GATEWAY_PASSWORD",
  "CF_ACCESS_CLIENT_ID",
  "CF_ACCESS_CLIENT_SECRET",
];
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/**
 * The environment of the service, in the recorded order (service installer section 2), and the secrets apart. A proxy
 * address with a password in it is a secret. Pure.
 */
export function captureServiceEnvironment(question: EnvironmentQuestion): CapturedEnvironment {
  const { platform, env, home, target } = question;
  const environment = new Map<string, string>();
  const secrets = new Map<string, string>();
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value.trim() !== "") environment.set(name, value);
  };
  if (platform !== "win32") set("HOME", home);
  set("PATH", servicePath(question));
  set("OPENCLAW_STATE_DIR", target.stateDir);
  if (serviceBase(target.stateProfile) !== serviceBase("default"))
    set("OPENCLAW_PROFILE", target.stateProfile);
  for (const name of TAKEN) set(name, env[name]);
  for (const name of PROXIES) {
    const value = env[name];
    if (value === undefined || value.trim() === "") continue;
    if (value.includes("@")) secrets.set(name, value);
    else environment.set(name, value);
  }
  set("OPENCLAW_LAUNCHD_LABEL", namesFor("launchd", target.stateProfile).name);
  set("OPENCLAW_SYSTEMD_UNIT", serviceBase(target.stateProfile));
  set("OPENCLAW_WINDOWS_TASK_NAME", namesFor("task-scheduler", target.stateProfile).name);
  set("OPENCLAW_TASK_SCRIPT_NAME", namesFor("task-scheduler", target.stateProfile).fileName);
  set("OPENCLAW_LOG_PREFIX", "node");
  set("OPENCLAW_SERVICE_MARKER", "openclaw");
  set("OPENCLAW_SERVICE_KIND", "node");
  set("OPENCLAW_SERVICE_VERSION", question.version);
  for (const name of SECRET) {
    const value = env[name];
    if (value !== undefined && value.trim() !== "") secrets.set(name, value);
  }
  return { environment, secrets };
}
