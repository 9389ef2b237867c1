// Arrow keys, Page up and down, Home and End within a table of which only some rows are in the page.
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from "react";
import { rowAfterKey } from "../lib/list-keys";

interface RowKeys {
  body: RefObject<HTMLElement | null>;
  rowHeight: number;
  count: number;
  /** Whether a row has something that can have the focus. */
  canGo: (row: number) => boolean;
}

const rowOf = (body: HTMLElement, index: number) => body.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"]`);
const controlsOf = (row: HTMLElement) => [...row.querySelectorAll<HTMLElement>("a, button, input")];

/** What the body of the table does on keys: the focus goes to the same control of another row. */
export function useRowKeys({ body, rowHeight, count, canGo }: RowKeys) {
  // What the focus goes to as soon as it is in the page.
  const wanted = useRef<{ row: number; control: number } | null>(null);
  const focusWanted = () => {
    if (!body.current || !wanted.current) return;
    const row = rowOf(body.current, wanted.current.row);
    if (!row) return;
    const controls = controlsOf(row);
    (controls[wanted.current.control] ?? controls[0])?.focus();
    wanted.current = null;
  };
  useLayoutEffect(focusWanted);
  return (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const from = target.closest<HTMLElement>("tr[aria-rowindex]");
    if (!from || !body.current?.contains(from) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = Number(from.getAttribute("aria-rowindex")) - 2;
    const row = rowAfterKey(event.key, at, count, Math.max(1, Math.floor(window.innerHeight / rowHeight) - 2), canGo);
    if (row === null) return;
    event.preventDefault();
    wanted.current = { row, control: controlsOf(from).indexOf(target) };
    const top = body.current.getBoundingClientRect().top + row * rowHeight;
    if (top < rowHeight) window.scrollBy(0, top - rowHeight);
    else if (top + 2 * rowHeight > window.innerHeight) window.scrollBy(0, top + 2 * rowHeight - window.innerHeight);
    focusWanted();
  };
}
