import type { CommandInput } from "../command.ts";

/** The ecosystem's palette as 24-bit colors. */
const PALETTE = {
  accent: "255;90;45",
  info: "255;138;91",
  success: "47;191;113",
  warn: "255;176;32",
  error: "226;61;45",
  muted: "139;127;119",
} as const;

export type PaletteColor = keyof typeof PALETTE;
export type Paint = (color: PaletteColor, text: string) => string;

/** Colors only for a terminal whose owner did not switch them off. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  input: CommandInput,
): boolean {
  const off = input.options["no-color"] === true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return stream.isTTY === true && !off;
}

export function painter(color: boolean): Paint {
  return color ? (name, text) => `\u001b[38;2;${PALETTE[name]}m${text}\u001b[0m` : (_name, text) => text;
}
