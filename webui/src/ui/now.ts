// The time, as ages are told: it goes on while a page is open.
import { useSyncExternalStore } from "react";

const stepMs = 30_000;
let now = Date.now() / 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now() / 1000;
    for (const each of listeners) each();
  }, stepMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Seconds since 1970, some seconds old. */
export const useNow = () => useSyncExternalStore(subscribe, () => now);
