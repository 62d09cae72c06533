import { ServiceError } from "./errors.ts";
import { serviceLimits } from "./limits.ts";
import { WRITER, WRITER_VARIABLE } from "./service-environment.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** What every renderer is given: the whole command, and the environment with the mark of this program. */
export interface Definition {
  readonly stateProfile: string;
  readonly description: string;
  readonly command: readonly [string, ...string[]];
  readonly environment: ReadonlyMap<string, string>;
  readonly secrets: ReadonlyMap<string, string>;
}

/** Checks what no service manager can take. Throws `too-large`, `bad-variable`, `secret-exposed`. */
export function definitionOf(spec: ServiceSpec): Definition {
  const definition: Definition = {
    stateProfile: spec.stateProfile,
    description: spec.description,
    command: [spec.runtime, ...(spec.runtimeArguments ?? []), spec.entry, ...spec.programArguments],
    environment: new Map([...spec.environment, [WRITER_VARIABLE, WRITER]]),
    secrets: spec.secrets,
  };
  checkDefinition(definition);
  return definition;
}

export function checkDefinition(definition: Definition): void {
  if (definition.command.length > serviceLimits.commandWords)
    throw new ServiceError(
      "too-large",
      `the command has more than ${serviceLimits.commandWords} words; shorten it`,
    );
  for (const variables of [definition.environment, definition.secrets]) {
    if (variables.size > serviceLimits.variables)
      throw new ServiceError(
        "too-large",
        `there are more than ${serviceLimits.variables} variables; leave some out`,
      );
    for (const name of variables.keys())
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw new ServiceError(
          "bad-variable",
          "a variable has a name that is not made of letters, digits and `_`; rename it",
        );
  }
  checkSecrets(definition);
}

/** Everybody on the machine can read the command line of a process, and most definitions. */
function checkSecrets({ description, command, environment, secrets }: Definition): void {
  const open = [description, ...command, ...environment.values()];
  for (const [name, secret] of secrets) {
    const exposed =
      environment.has(name) ||
      open.some(
        (part) =>
          part === secret || (secret.length >= serviceLimits.shortSecretChars && part.includes(secret)),
      );
    if (exposed && secret !== "")
      throw new ServiceError(
        "secret-exposed",
        `the secret ${name} also stands in the command, the description or the plain environment; take it out there`,
        { part: `secret ${name}` },
      );
  }
}

/** Throws `too-large` for a text that nobody would read back. */
export function checkSize(text: string, what: string): string {
  if (Buffer.byteLength(text) <= serviceLimits.definitionBytes) return text;
  throw new ServiceError(
    "too-large",
    `the ${what} is larger than ${serviceLimits.definitionBytes} bytes; shorten it`,
  );
}

/** Line breaks, NULs and what is no Unicode character are carried by no definition. Throws `not-representable`, `too-large`. */
export function checkText(text: string, part: string, format: string): void {
  if (/[\0\r\n\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(text))
    throw new ServiceError(
      "not-representable",
      `the ${part} holds a line break, a NUL or something that is not a Unicode character, which ${format} cannot carry; take it out`,
      { part },
    );
  if (Buffer.byteLength(text) > serviceLimits.textBytes)
    throw new ServiceError(
      "too-large",
      `the ${part} is longer than ${serviceLimits.textBytes} bytes; shorten it`,
      { part },
    );
}
