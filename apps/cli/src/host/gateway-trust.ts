import { resolve } from "node:path";
import { formatTlsPin, parseTlsPins, type TlsInput } from "@openclaw/gateway-connection";
import { listOption, stringOption, type CommandInput } from "../command.ts";
import { currentDirectory } from "../current-directory.ts";

/** The server that the options of a command name: what is absent there is absent here. Throws `bad-fingerprint`. */
export function trustOptions(input: CommandInput): TlsInput {
  const pins = listOption(input, "tls-fingerprint");
  const file = stringOption(input, "tls-ca");
  return {
    ...(pins.length === 0 ? {} : savedPins(pins)),
    // The service starts somewhere else.
    ...(file === undefined ? {} : { tlsCa: resolve(currentDirectory(), file) }),
  };
}

/**
 * Pins as `node.json` keeps them: `tlsFingerprint` as every release reads it, and all of them beside it where it does
 * not say everything.
 */
function savedPins(texts: readonly string[]): TlsInput {
  const pins = parseTlsPins(texts);
  const first = pins.find(({ kind }) => kind === "certificate");
  const enough = pins.length === 1 && first !== undefined;
  return { tlsFingerprint: first?.sha256, tlsPins: enough ? undefined : pins.map(formatTlsPin) };
}

/** The arguments that mean this again. */
export function trustWords({ tlsFingerprint, tlsPins, tlsCa }: TlsInput): readonly string[] {
  const pins = tlsPins?.join(",") ?? tlsFingerprint;
  return [
    ...(pins === undefined ? [] : ["--tls-fingerprint", pins]),
    // A path is absolute: it never looks like an option.
    ...(tlsCa === undefined ? [] : ["--tls-ca", tlsCa]),
  ];
}
