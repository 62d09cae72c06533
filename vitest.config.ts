import { defineConfig } from "vitest/config";
import { CountReporter } from "./test/count-reporter.ts";

export default defineConfig({
  test: {
    include: ["{packages,apps}/*/src/**/*.test.ts", "test/*.test.ts", "test/{faults,scenarios}/*.test.ts"],
    reporters: ["default", new CountReporter()],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
