import { configError, isConfigObject } from "./config-file.ts";
import type { ConfigObject } from "./config-file.ts";
import type { Environment } from "./home-directory.ts";
import { shown } from "./shown-text.ts";

/** Reads the checked values of one object. Every method gives undefined for an absent key and throws `bad-config` for a wrong one. */
export interface ConfigReader {
  /** The object under a key; an absent one reads as empty. */
  object(key: string): ConfigReader;
  text(key: string): string | undefined;
  flag(key: string): boolean | undefined;
  integer(key: string, min: number, max: number): number | undefined;
  /** One of a closed list of words. */
  word<const Word extends string>(key: string, words: readonly Word[]): Word | undefined;
  texts(key: string): readonly string[] | undefined;
  /** Names of the keys that are there. */
  keys(): readonly string[];
}

/** `at` is the dotted path of `object` in the file, empty for the top. */
export function configReader(object: ConfigObject, file: string, env: Environment, at = ""): ConfigReader {
  const pathOf = (key: string): string => (at === "" ? key : `${at}.${key}`);
  const wrong = (path: string, wanted: string): Error =>
    configError(file, `${shown(path)} must be ${wanted}`, { key: path });
  const get = (key: string): unknown => (Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined);
  const text = (value: unknown, path: string): string => {
    if (typeof value !== "string") throw wrong(path, "text");
    return expandVariables(value, path, file, env);
  };
  const read = <Value>(key: string, check: (value: unknown, path: string) => Value) => {
    const value = get(key);
    return value === undefined ? undefined : check(value, pathOf(key));
  };

  return {
    object: (key) => {
      const value = get(key) ?? {};
      if (!isConfigObject(value)) throw wrong(pathOf(key), "an object");
      return configReader(value, file, env, pathOf(key));
    },
    text: (key) => read(key, text),
    flag: (key) =>
      read(key, (value, path) => {
        if (typeof value !== "boolean") throw wrong(path, "true or false");
        return value;
      }),
    integer: (key, min, max) =>
      read(key, (value, path) => {
        if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max)
          throw wrong(path, `a whole number from ${min} to ${max}`);
        return value;
      }),
    word: (key, words) =>
      read(key, (value, path) => {
        const given = text(value, path);
        const word = words.find((candidate) => candidate === given);
        if (word === undefined) throw wrong(path, `one of ${words.map(shown).join(", ")}`);
        return word;
      }),
    texts: (key) =>
      read(key, (value, path) => {
        if (!Array.isArray(value)) throw wrong(path, "a list of texts");
        return value.map((item, index) => text(item, `${path}.${index}`));
      }),
    keys: () => Object.keys(object),
  };
}

/** Puts `${NAME}` in; `$${NAME}` stays as `${NAME}`. A variable that is unset or empty is an error. */
export function expandVariables(value: string, key: string, file: string, env: Environment): string {
  return value.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, escaped: string, name: string) => {
    if (escaped !== "") return whole.slice(1);
    const found = Object.hasOwn(env, name) ? env[name] : undefined;
    if (found === undefined || found === "")
      throw configError(
        file,
        `${shown(key)} needs the environment variable ${shown(name)}, which is not set`,
        { key, variable: name },
      );
    return found;
  });
}
