import { join } from "node:path";
import { defineConfig, rolldown, type InputOptions, type Plugin } from "rolldown";

const fails = `() => { throw new Error("this part of a library is left out of the build") }`;
const failingClass = `class { constructor() { (${fails})(); } }`;

/**
 * Parts of libraries that nothing here reaches, with what stands in their place: they were a tenth of the package.
 * Whoever comes to need one gets an error that says so, and takes its line out.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // The log writes through a function of ours: no worker threads, files or several streams, and it censors by itself.
  "/pino/lib/transport.js": `module.exports = ${fails};`,
  "/pino/lib/multistream.js": `module.exports = ${fails};`,
  "/sonic-boom/index.js": `module.exports = ${failingClass};`,
  "/pino/lib/redaction.js": `module.exports = ${fails};`,
  // No socket of ours offers or takes compression, and none is read as a stream.
  "/ws/lib/permessage-deflate.js": `module.exports = ${failingClass}; module.exports.extensionName = "permessage-deflate";`,
  "/ws/lib/stream.js": `module.exports = ${fails};`,
  // JSON5 is only read. The letters of bare keys are the engine's, not a table of its own.
  "/json5/lib/stringify.js": `module.exports = ${fails};`,
  "/json5/lib/unicode.js": String.raw`module.exports = {
    Space_Separator: /[\u1680\u2000-\u200A\u202F\u205F\u3000]/,
    ID_Start: /\p{ID_Start}/u,
    ID_Continue: /\p{ID_Continue}/u,
  };`,
  // Help is plain text in letters of one column and in one language.
  "/string-width/index.js": `export default (text) => [...text].length;`,
  "/ansi-styles/index.js": `export default { codes: new Map() };`,
  "/yargs/build/lib/completion-templates.js": `export const completionShTemplate = "", completionZshTemplate = "";`,
  "/y18n/index.mjs": `import { format } from "node:util";
    const counted = (one, many, count, ...values) => {
      const text = count === 1 ? one : many;
      return format(text, ...(text.includes("%d") ? [count] : []), ...values);
    };
    export default () => ({ __: format, __n: counted, getLocale: () => "en", setLocale() {}, updateLocale() {} });`,
};

const leaveOut: Plugin = {
  name: "leave-out",
  buildStart: () => reached.clear(),
  load: (id) => {
    const end = Object.keys(LEFT_OUT).find((one) => id.endsWith(one));
    if (end === undefined) return undefined;
    reached.add(end);
    return { code: LEFT_OUT[end] ?? "" };
  },
  // A library that has moved its files would come back whole, and nobody would see it.
  buildEnd: (error) => {
    const gone = Object.keys(LEFT_OUT).filter((end) => !reached.has(end));
    if (error === undefined && gone.length > 0)
      throw new Error(`no part of the program any more: ${gone.join(", ")}`);
  },
};
const reached = new Set<string>();

const input: InputOptions = {
  input: { main: "src/main.ts", "browser-driver": "src/browser/driver-main.ts" },
  platform: "node",
  transform: { target: "node20" },
  external: ["playwright-core", "utf-8-validate"],
  plugins: [leaveOut],
  // The WebSocket library asks for this package where it is installed; ours needs nothing installed.
  resolve: {
    alias: { bufferutil: join(import.meta.dirname, "../../packages/gateway-connection/src/frame-mask.ts") },
  },
};

/**
 * What is loaded together is one file, because every file more costs each start half a millisecond: all that the
 * host loads at once, apart from what `node status` needs, which monitors ask for every minute.
 */
const PARTS = { status: "commands/node-status.ts", host: "commands/node-run.ts" };

// Lazy chunks otherwise, so that `node run` loads neither the command parser nor the operator commands.
export default defineConfig(async () => {
  const parts = await partOfModules();
  return {
    ...input,
    output: {
      dir: "dist",
      // Chunks have hashes in their names: old ones would stay and be shipped.
      cleanDir: true,
      format: "esm",
      minify: true,
      // Nobody shakes this tree again; what a license asks for stays.
      comments: { legal: true, annotation: false, jsdoc: false },
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
      codeSplitting: {
        // A part is what it uses, not everything that stands behind an index.
        includeDependenciesRecursively: false,
        groups: Object.keys(PARTS).map((name, index) => ({
          name,
          priority: 9 - index,
          test: (id: string) => parts.get(id) === name,
        })),
      },
    },
  };
});

/** For each module the first part that needs it, by the chunks of a build without parts. */
async function partOfModules(): Promise<Map<string, string>> {
  const build = await rolldown({ ...input, logLevel: "silent" });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const chunks = new Map(output.filter((one) => one.type === "chunk").map((one) => [one.fileName, one]));
  const found = new Map<string, string>();
  const mark = (end: string, part: string) => {
    const first = [...chunks.values()].find(({ facadeModuleId }) => facadeModuleId?.endsWith(end));
    if (first === undefined) throw new Error(`no chunk for ${end}`);
    const seen = new Set([first.fileName]);
    for (const name of seen) {
      const chunk = chunks.get(name);
      for (const id of chunk?.moduleIds ?? []) if (!found.has(id)) found.set(id, part);
      for (const next of chunk?.imports ?? []) seen.add(next);
    }
  };
  mark("src/main.ts", "main");
  for (const [part, end] of Object.entries(PARTS)) mark(end, part);
  return found;
}
