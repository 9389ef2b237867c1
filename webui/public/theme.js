// Runs before the first paint, so that a dark page does not flash white: src/shell/theme.ts.
try {
  const chosen = localStorage.getItem("darkMode");
  const dark = chosen === null ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "true";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
} catch {
  document.documentElement.dataset.theme = "light";
}
