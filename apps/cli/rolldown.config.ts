import { defineConfig } from "rolldown";

// Lazy chunks, so that `node run` loads neither the command parser nor the operator commands.
export default defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  transform: { target: "node20" },
  external: ["playwright-core", "bufferutil", "utf-8-validate"],
  output: {
    dir: "dist",
    // Chunks have hashes in their names: old ones would stay and be shipped.
    cleanDir: true,
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  },
});
