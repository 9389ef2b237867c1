// Which rows of a long list are in the page: those in sight and a few around them. All rows are
// equally high, so that scrolling costs the same however many there are.
import { type RefObject, useSyncExternalStore } from "react";

export interface RowWindow {
  first: number;
  /** Behind the last one. */
  end: number;
}

// Rows are exchanged so many at a time: not each step of the wheel draws the list anew.
const step = 8;

/** `above`: how many pixels of the list are above the window, which shows `height` of them. */
export function rowWindow(above: number, height: number, rowHeight: number, count: number): RowWindow {
  const inSight = Math.ceil(height / rowHeight);
  const top = Math.max(0, Math.min(Math.floor(above / rowHeight), count - inSight));
  const first = Math.max(0, (Math.floor(top / step) - 1) * step);
  const end = (Math.ceil((top + inSight) / step) + 1) * step;
  return { first, end: Math.min(end, count) };
}

function subscribe(listener: () => void) {
  window.addEventListener("scroll", listener, { passive: true });
  window.addEventListener("resize", listener);
  return () => {
    window.removeEventListener("scroll", listener);
    window.removeEventListener("resize", listener);
  };
}

/** The rows of a table's body that are in sight of the browser's window. */
export function useRowWindow(body: RefObject<HTMLElement | null>, rowHeight: number, count: number): RowWindow {
  const read = () => {
    const above = -(body.current?.getBoundingClientRect().top ?? 0);
    const { first, end } = rowWindow(above, window.innerHeight, rowHeight, count);
    // A text, so that what is the same counts as the same.
    return `${first}:${end}`;
  };
  const [first = 0, end = 0] = useSyncExternalStore(subscribe, read).split(":").map(Number);
  return { first, end };
}
