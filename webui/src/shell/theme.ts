// Light or dark: what was chosen, else what the system has. public/theme.js sets it at first.
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
const storageKey = "darkMode";
const listeners = new Set<() => void>();

const current = (): Theme => (document.documentElement.dataset.theme === "dark" ? "dark" : "light");

export function setTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(storageKey, String(theme === "dark"));
  } catch {
    // Not kept, then: the page works without.
  }
  for (const listener of listeners) listener();
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
