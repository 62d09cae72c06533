/** Arguments as one text: an argument that is empty or holds white space or quotes is quoted. Source: exec section 2.2. */
export function shownCommand(argv: readonly string[]): string {
  return argv
    .map((arg) => (arg === "" || /[\s"]/.test(arg) ? `"${arg.replaceAll('"', '\\"')}"` : arg))
    .join(" ");
}

const SHELLS = ["ash", "bash", "dash", "fish", "ksh", "mksh", "sh", "yash", "zsh"];

/** A raw command must be the arguments as text, or the text that a plain shell wrapper runs. */
export function rawCommandFits(raw: string, argv: readonly string[]): boolean {
  return raw === shownCommand(argv) || raw === shellPayload(argv);
}

function shellPayload(argv: readonly string[]): string | undefined {
  const name =
    (argv[0] ?? "")
      .split(/[/\\]/)
      .at(-1)
      ?.toLowerCase()
      .replace(/\.exe$/, "") ?? "";
  if (SHELLS.includes(name) && argv.length === 3 && ["-c", "-lc"].includes(argv[1] ?? "")) {
    return argv[2]?.trim();
  }
  const isCmd = name === "cmd" && argv.slice(1, 4).join(" ").toLowerCase() === "/d /s /c";
  return isCmd ? argv.slice(4).join(" ").trim() : undefined;
}
