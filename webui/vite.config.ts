import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server whose API the pages of `vite` (./dev ui) use.
const server = process.env.TARN_SERVER ?? "http://127.0.0.1:8000";
const served = ["/api", "/logout", "/_health", "/metrics", "/openapi.json"];

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: process.env.TARN_WEBUI_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    // No inline bytes and no inline scripts: the Content-Security-Policy allows neither.
    assetsInlineLimit: 0,
    // Libraries for single kinds of objects are larger; the first page has a budget of its own.
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(served.map((path) => [path, { target: server }])),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
