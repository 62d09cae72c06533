import type { ServiceScope } from "./service-spec.ts";
import type { ServiceRuntime } from "./service-state.ts";

export const SHOWN_PROPERTIES =
  "LoadState,UnitFileState,FragmentPath,DropInPaths,ActiveState,SubState,MainPID,ExecMainStatus,ExecMainCode,Result,NRestarts,StatusText,KillMode";

/** The answer of `systemctl show`: one `Name=value` a line. */
export function readShow(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const equals = line.indexOf("=");
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const];
    }),
  );
}

/** What `systemctl is-enabled` calls enabled. */
export function isEnabled(shown: ReadonlyMap<string, string>): boolean {
  return ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated"].includes(
    shown.get("UnitFileState") ?? "",
  );
}

export function systemdRuntime(
  shown: ReadonlyMap<string, string>,
  scope: ServiceScope,
  unit: string,
): ServiceRuntime {
  const state = shown.get("ActiveState");
  const pid = numberOf(shown.get("MainPID"));
  const exit = numberOf(shown.get("ExecMainStatus"));
  const restarts = numberOf(shown.get("NRestarts"));
  const running = ["active", "activating", "reloading", "refreshing"].includes(state ?? "");
  return {
    status: state === undefined || state === "" ? "unknown" : running && pid !== 0 ? "running" : "stopped",
    ...optional("state", state),
    ...optional("subState", shown.get("SubState")),
    ...(pid === undefined || pid === 0 ? {} : { pid }),
    ...(exit === undefined ? {} : { lastExitStatus: exit }),
    ...optional("lastExitReason", shown.get("ExecMainCode")),
    ...(shown.get("LoadState") === "not-found" ? { missingUnit: true } : {}),
    systemd: {
      scope,
      unit,
      ...optional("killMode", shown.get("KillMode")),
      ...optional("result", shown.get("Result")),
      ...(restarts === undefined ? {} : { nRestarts: restarts }),
      ...optional("statusText", shown.get("StatusText")),
    },
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,10}$/u.test(text) ? Number(text) : undefined;
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [key in Name]?: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key loses its literal type
  return value === undefined || value === "" ? {} : ({ [name]: value } as { readonly [key in Name]: string });
}
