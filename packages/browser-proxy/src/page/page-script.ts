/**
 * A function of ours that runs in a page, as text: no bundler changes it, and a page's rules against evaluated code do not
 * stop it. The argument is JSON.
 */
export function scriptCall(source: string, argument: unknown = null): string {
  return `(${source})(${JSON.stringify(argument)})`;
}

/** A function text where Playwright wants a function: it is never called here, only read. */
export function scriptFunction(source: string): () => unknown {
  return Object.assign(() => undefined, { toString: () => source });
}
