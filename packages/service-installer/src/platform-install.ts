import type { Definition } from "./definition.ts";
import { installOnDarwin } from "./install-darwin.ts";
import { installOnLinux } from "./install-linux.ts";
import type { InstallParts } from "./install-parts.ts";
import { installOnWindows } from "./install-windows.ts";
import type { ServiceSpec } from "./service-spec.ts";
import type { ServiceWorld } from "./service-world.ts";

/** The platform's files and commands. Throws ServiceError for what its format cannot carry. */
export function partsFor(spec: ServiceSpec, definition: Definition, world: ServiceWorld): InstallParts {
  if (world.platform === "darwin") return installOnDarwin(spec, definition, world);
  if (world.platform === "win32") return installOnWindows(spec, definition, world);
  return installOnLinux(spec, definition, world);
}
