/** A member of a value that came from outside; undefined where the value is no object or has no member of its own. */
export function memberOf(value: unknown, name: string): unknown {
  const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return has ? Reflect.get(value, name) : undefined;
}
