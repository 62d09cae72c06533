import { posix } from "node:path";

import type { Definition } from "./definition.ts";
import { renderLaunchdPlist, renderLaunchdSecrets } from "./launchd-plist.ts";
import { bootout, bootstrap, launchctl } from "./launchctl.ts";
import type { InstallParts } from "./install-parts.ts";
import { launchdLocations } from "./service-locations.ts";
import type { PlanStep } from "./service-plan.ts";
import type { RenderedFile, ServiceSpec } from "./service-spec.ts";
import type { ServiceWorld } from "./service-world.ts";

/** Everything of a daemon that its account must read is that account's own, in directories that are root's. */
export function installOnDarwin(
  spec: ServiceSpec,
  definition: Definition,
  world: ServiceWorld,
): InstallParts {
  const places = launchdLocations(spec, world.self.home, world.self.uid);
  const system = spec.scope === "system";
  const text = renderLaunchdPlist({
    ...definition,
    label: places.name,
    user: system ? spec.user : undefined,
    secretsFile: places.secrets,
    logFile: places.log,
  });
  const account = system ? world.account : undefined;
  const owner: Pick<RenderedFile, "owner"> =
    account === undefined ? {} : { owner: { uid: account.uid, gid: account.gid } };
  const directory = (path: string): PlanStep => ({ kind: "directory", path, mode: system ? 0o755 : 0o700 });
  const old = world.installed.definition;
  const { loaded } = world.installed;
  const steps: PlanStep[] = [
    ...(spec.secrets.size === 0
      ? []
      : [
          directory(posix.dirname(places.secrets)),
          {
            kind: "write" as const,
            file: {
              path: places.secrets,
              text: renderLaunchdSecrets(spec.secrets),
              mode: 0o600,
              secret: true,
              ...owner,
            },
          },
        ]),
    directory(posix.dirname(places.log)),
    ...(system
      ? [
          {
            kind: "write" as const,
            file: { path: places.log, text: "", mode: 0o600, onlyWhenAbsent: true, ...owner },
          },
        ]
      : []),
    directory(places.definitionDir),
    ...(old !== undefined && old.text !== text
      ? [{ kind: "copy" as const, from: places.definition, to: `${places.definition}.bak` }]
      : []),
    { kind: "write", file: { path: places.definition, text, mode: 0o600 } },
    ...(loaded ? [{ kind: "command" as const, command: { ...bootout(places), mayFail: true } }] : []),
    { kind: "command", command: launchctl(["enable", `${places.domain}/${places.name}`]) },
    { kind: "command", command: bootstrap(places) },
  ];
  return {
    definitionPath: places.definition,
    definitionText: text,
    steps,
    undo: {
      before: [{ ...bootout(places), mayFail: true }],
      after: old !== undefined && loaded ? [{ ...bootstrap(places), mayFail: true }] : [],
    },
    warnings: [],
  };
}
