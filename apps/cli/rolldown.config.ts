import { join } from "node:path";
import { defineConfig, rolldown, type InputOptions, type OutputChunk, type Plugin } from "rolldown";

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
  "/on-exit-leak-free/index.js": `module.exports = { register: ${fails} };`,
  // Nor does a line of it hold a request or an answer of HTTP.
  "/pino-std-serializers/lib/req.js": `module.exports = { reqSerializer: ${fails} };`,
  "/pino-std-serializers/lib/res.js": `module.exports = { resSerializer: ${fails} };`,
  // Asked only for what JSON cannot hold; a log line then says so itself.
  "/safe-stable-stringify/index.js": `module.exports = { configure: () => JSON.stringify };`,
  // No socket of ours offers or takes compression, and none is read as a stream.
  "/ws/lib/permessage-deflate.js": `module.exports = ${failingClass}; module.exports.extensionName = "permessage-deflate";`,
  "/ws/lib/extension.js": `module.exports = { format: ${fails}, parse: ${fails} };`,
  "/ws/lib/stream.js": `module.exports = ${fails};`,
  // It would load TLS and with it all authorities of the runtime: two megabytes in each host. Connections, with TLS or
  // without, are made by us and given to it; it only asks over them.
  "/ws/lib/websocket.js asks for https": `module.exports = { request: require("http").request };`,
  "/ws/lib/websocket.js asks for tls": `module.exports = { connect: ${fails} };`,
  // JSON5 is only read. The letters of bare keys are the engine's, not a table of its own.
  "/json5/lib/stringify.js": `module.exports = ${fails};`,
  "/json5/lib/unicode.js": String.raw`module.exports = {
    Space_Separator: /[\u1680\u2000-\u200A\u202F\u205F\u3000]/,
    ID_Start: /[\p{L}\p{Nl}]/u,
    ID_Continue: /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]/u,
  };`,
  // Help is plain text in letters of one column and in one language.
  "/string-width/index.js": `export default (text) => [...text].length;`,
  "/ansi-styles/index.js": `export default { codes: new Map() };`,
  "/yargs/build/lib/completion.js": `export const completion = () => ({ setParsed() {} });`,
  // No settings of a package.json or of a file are the command's.
  "/yargs/build/lib/utils/apply-extends.js": `export const applyExtends = ${fails};`,
  "/y18n/index.mjs": `import { format } from "node:util";
    const counted = (one, many, count, ...values) => {
      const text = count === 1 ? one : many;
      return format(text, ...(text.includes("%d") ? [count] : []), ...values);
    };
    export default () => ({ __: format, __n: counted, getLocale: () => "en", setLocale() {}, updateLocale() {} });`,
};

const leaveOut: Plugin = {
  name: "leave-out",
  // What a library asks of Node.
  resolveId: (name, importer) => {
    const asked = `${importer ?? ""} asks for ${name}`;
    return Object.keys(LEFT_OUT).find((one) => one.includes(" ") && asked.endsWith(one));
  },
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

/** Commands of one kind and what only they use are one file too: many small ones make a larger package. */
const FAMILIES = {
  operator: /commands\/(?:(?:nodes|devices)-|approvals-(?:pending|resolve|watch))/u,
  policy: /commands\/approvals-(?:allowlist|deny|edit|get|set|lint)/u,
  "audit-log": /commands\/approvals-log-/u,
  runs: /commands\/node-runs-/u,
  browser: /commands\/node-browser-/u,
  service: /commands\/node-(?:start|stop|restart|uninstall)\.ts/u,
};

/** And one file for what several of them share, each piece below this size before it is minified. */
const SHARED = { name: "shared", maxChars: 12_000 };

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
        groups: [...Object.keys(PARTS), SHARED.name, ...Object.keys(FAMILIES)].map((name, index) => ({
          name,
          priority: 9 - index,
          test: (id: string) => parts.get(id) === name,
        })),
      },
    },
  };
});

/** For each module the file that it goes into, by the chunks of a build without such files. */
async function partOfModules(): Promise<Map<string, string>> {
  const build = await rolldown({ ...input, logLevel: "silent" });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const chunks = new Map(output.filter((one) => one.type === "chunk").map((one) => [one.fileName, one]));
  const uses = (chunk: OutputChunk): OutputChunk[] => {
    const seen = new Set([chunk]);
    for (const { imports } of seen)
      for (const name of imports) if (chunks.has(name)) seen.add(chunks.get(name)!);
    return [...seen];
  };
  const starts = [...chunks.values()]
    .filter(({ facadeModuleId }) => facadeModuleId !== null)
    .map((chunk) => ({ id: chunk.facadeModuleId ?? "", uses: uses(chunk) }));
  const partOf = new Map<OutputChunk, string>();
  // The first part that needs it.
  for (const [part, end] of [["main", "src/main.ts"], ...Object.entries(PARTS)] as const) {
    const start = starts.find(({ id }) => id.endsWith(end));
    if (start === undefined) throw new Error(`no chunk for ${end}`);
    for (const chunk of start.uses) if (!partOf.has(chunk)) partOf.set(chunk, part);
  }
  const partsOnly = new Map(partOf);
  const outside = ({ imports }: OutputChunk): string[] => imports.filter((name) => !chunks.has(name));
  const loaded = new Set([...partsOnly.keys()].flatMap(outside));
  const usersOf = (chunk: OutputChunk) => starts.filter((start) => start.uses.includes(chunk));
  for (const chunk of chunks.values()) {
    if (partsOnly.has(chunk)) continue;
    const users = usersOf(chunk);
    const families = users.map(
      ({ id }) => Object.entries(FAMILIES).find(([, files]) => files.test(id))?.[0] ?? "",
    );
    const [family = ""] = families;
    if (family !== "" && families.every((one) => one === family)) partOf.set(chunk, family);
    else if (
      chunk.facadeModuleId === null &&
      chunk.code.length < SHARED.maxChars &&
      // Nobody shall load more for it: neither the host's file nor a module of Node's, and the driver nothing.
      users.every((user) => user.uses.some((one) => partsOnly.get(one) === "host")) &&
      users.every(({ id }) => !id.endsWith("src/browser/driver-main.ts")) &&
      uses(chunk).every((one) => partsOnly.has(one) || one.code.length < SHARED.maxChars) &&
      outside(chunk).every((name) => loaded.has(name))
    )
      partOf.set(chunk, SHARED.name);
  }
  return new Map([...partOf].flatMap(([chunk, part]) => chunk.moduleIds.map((id) => [id, part])));
}
