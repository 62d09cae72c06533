import type { ServiceFacts } from "@openclaw/service-installer";

/** What a service of this manager is called in a sentence, as recorded: `systemd service`, `LaunchAgent`, … */
export function serviceKind({ label }: ServiceFacts): string {
  return label.startsWith("systemd") || label === "OpenRC" || label === "runit"
    ? `${label.replace(/ system$/u, "")} service`
    : label;
}
