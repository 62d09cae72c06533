import type { ServiceScope } from "./service-spec.ts";
import { escapeXml } from "./xml-text.ts";

export interface TaskDefinition {
  readonly scope: ServiceScope;
  readonly description: string;
  /** `DOMAIN\user`. */
  readonly user: string;
  /** Path of wscript.exe. */
  readonly program: string;
  /** Path of the launcher. */
  readonly launcher: string;
}

/**
 * The XML for `schtasks /Create /XML`, to be written as UTF-16 with a byte order mark (service installer section 5). At
 * logon for a user, at start for the machine, there without a stored password. Never ends by itself, on battery or not.
 */
export function renderTaskXml(task: TaskDefinition): string {
  const user = escapeXml(task.user, "user name");
  const system = task.scope === "system";
  const trigger = system
    ? ["    <BootTrigger>", "      <Enabled>true</Enabled>", "    </BootTrigger>"]
    : [
        "    <LogonTrigger>",
        "      <Enabled>true</Enabled>",
        `      <UserId>${user}</UserId>`,
        "    </LogonTrigger>",
      ];
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    "  <RegistrationInfo>",
    `    <Description>${escapeXml(task.description, "description")}</Description>`,
    "  </RegistrationInfo>",
    "  <Triggers>",
    ...trigger,
    "  </Triggers>",
    "  <Principals>",
    '    <Principal id="Author">',
    `      <UserId>${user}</UserId>`,
    `      <LogonType>${system ? "S4U" : "InteractiveToken"}</LogonType>`,
    "      <RunLevel>LeastPrivilege</RunLevel>",
    "    </Principal>",
    "  </Principals>",
    "  <Settings>",
    "    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>",
    "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>",
    "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>",
    "    <AllowHardTerminate>true</AllowHardTerminate>",
    "    <StartWhenAvailable>false</StartWhenAvailable>",
    "    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>",
    "    <IdleSettings>",
    "      <StopOnIdleEnd>false</StopOnIdleEnd>",
    "      <RestartOnIdle>false</RestartOnIdle>",
    "    </IdleSettings>",
    "    <AllowStartOnDemand>true</AllowStartOnDemand>",
    "    <Enabled>true</Enabled>",
    "    <Hidden>false</Hidden>",
    "    <RunOnlyIfIdle>false</RunOnlyIfIdle>",
    "    <WakeToRun>false</WakeToRun>",
    // Without it Task Scheduler ends a task after 72 hours.
    "    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
    "    <Priority>7</Priority>",
    "    <RestartOnFailure>",
    "      <Interval>PT1M</Interval>",
    "      <Count>3</Count>",
    "    </RestartOnFailure>",
    "  </Settings>",
    '  <Actions Context="Author">',
    "    <Exec>",
    `      <Command>${escapeXml(task.program, "program path")}</Command>`,
    `      <Arguments>//B //NoLogo ${escapeXml(`"${task.launcher}"`, "launcher path")}</Arguments>`,
    "    </Exec>",
    "  </Actions>",
    "</Task>",
    "",
  ].join("\r\n");
}
