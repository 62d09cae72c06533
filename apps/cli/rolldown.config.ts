import { defineConfig, rolldown, type InputOptions } from "rolldown";

const input: InputOptions = {
  input: { main: "src/main.ts" },
  platform: "node",
  transform: { target: "node20" },
  external: ["playwright-core", "bufferutil", "utf-8-validate"],
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
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
      codeSplitting: {
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
