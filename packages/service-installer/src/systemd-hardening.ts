import type { ServiceScope } from "./service-spec.ts";

/**
 * What `--harden` takes away from the host and from every run. Not in here, because the host's own work needs it:
 * RestrictNamespaces (breaks bubblewrap and the sandbox of Chromium), MemoryDenyWriteExecute (breaks the compiler of
 * Node), ProtectControlGroups (the host makes a group for every run), PrivateTmp (runs share files through /tmp),
 * ProtectHome (runs work there). Everything that mounts stands only in system units: in user units it needs user
 * namespaces, in which files of other users look like those of nobody.
 */
export function hardeningLines(scope: ServiceScope): readonly string[] {
  return scope === "system" ? [...EVERYWHERE, ...SYSTEM_ONLY] : EVERYWHERE;
}

const EVERYWHERE: readonly string[] = [
  // sudo, su, pkexec, ping with setuid, newuidmap (rootless containers).
  "NoNewPrivileges=yes",
  // chmod u+s; package builds that install such files.
  "RestrictSUIDSGID=yes",
  // setarch, `linux32` builds, some emulators.
  "LockPersonality=yes",
  // Real-time scheduling: audio servers.
  "RestrictRealtime=yes",
  // Programs of another word size: 32-bit games, wine.
  "SystemCallArchitectures=native",
  // Packet capture, Bluetooth, CAN, virtual machine sockets.
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  // Setting the clock, loading modules, raw port access, reboot, swap: all need root anyway.
  "SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap",
  // A refused call is an error to the program, not its death.
  "SystemCallErrorNumber=EPERM",
];

const SYSTEM_ONLY: readonly string[] = [
  // Every capability: ports below 1024, mounts, files of others when the host runs as root.
  "CapabilityBoundingSet=",
  // Writing below /usr, /boot and /efi: package managers in runs.
  "ProtectSystem=yes",
  // Devices: cameras, serial ports, GPUs, /dev/kvm.
  "PrivateDevices=yes",
  // sysctl.
  "ProtectKernelTunables=yes",
  // modprobe.
  "ProtectKernelModules=yes",
  // dmesg.
  "ProtectKernelLogs=yes",
  // date --set.
  "ProtectClock=yes",
  // hostname NAME.
  "ProtectHostname=yes",
];
