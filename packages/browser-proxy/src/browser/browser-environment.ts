/** What a browser needs to find its display, its fonts, its language and its temporary files. */
const names: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "DISPLAY",
  "XAUTHORITY",
  "WAYLAND_DISPLAY",
  "DBUS_SESSION_BUS_ADDRESS",
  "FONTCONFIG_PATH",
  "FONTCONFIG_FILE",
  "SYSTEMROOT",
  "SYSTEMDRIVE",
  "WINDIR",
  "COMSPEC",
  "PATHEXT",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "USERNAME",
  "APPDATA",
  "LOCALAPPDATA",
  "PROGRAMDATA",
  "PROGRAMFILES",
  "PROGRAMFILES(X86)",
  "PROGRAMW6432",
  "PUBLIC",
  "COMMONPROGRAMFILES",
  "COMMONPROGRAMFILES(X86)",
  "NUMBER_OF_PROCESSORS",
  "PROCESSOR_ARCHITECTURE",
  "OS",
]);

/**
 * The environment of the browser, from a known list: no secret of the host, no proxy variable, no loader variable, and no
 * variable by which browsers take further arguments or log their keys.
 */
export function browserEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    const compared = platform === "win32" ? name.toUpperCase() : name;
    const isKept = names.has(compared) || /^(?:LC_[A-Z]+|XDG_[A-Z_]+)$/.test(compared);
    return isKept && value !== undefined ? [[name, value]] : [];
  });
  return Object.fromEntries(kept);
}
