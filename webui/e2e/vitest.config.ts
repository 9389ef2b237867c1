import { defineConfig } from "vitest/config";

// Flows in a browser over a real server: TARN_PROGRAM names the program. `./dev ui pictures` runs
// pictures.ts instead.
const minuteMs = 60_000;

export default defineConfig({
  test: {
    include: [process.env.TARN_PICTURES ? "e2e/pictures.ts" : "e2e/*.test.ts"],
    fileParallelism: false,
    testTimeout: minuteMs,
    hookTimeout: minuteMs,
    bail: process.env.TARN_PICTURES ? 1 : 0,
  },
});
