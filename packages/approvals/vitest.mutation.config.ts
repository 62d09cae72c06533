import { defineConfig } from "vitest/config";

// The quick tests of this package, for mutation testing (docs/approvals-proof.md): real shells and
// random inputs would be run anew for each mutant, and random ones would not say the same twice.
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    exclude: [
      "src/**/differential.test.ts",
      "src/decide-real.test.ts",
      "src/properties*.test.ts",
      "src/public-types.test.ts",
      "src/lint/**",
    ],
    testTimeout: 30_000,
  },
});
