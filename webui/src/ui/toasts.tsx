// Short messages about what was done, at the edge of the page.
import { CircleAlert, CircleCheck } from "lucide-react";
import { useSyncExternalStore } from "react";
import { errorText } from "./states";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const shownMs = 5000;
let toasts: Toast[] = [];
let nextId = 0;
const listeners = new Set<() => void>();

function set(changed: Toast[]) {
  toasts = changed;
  for (const listener of listeners) listener();
}

function show(text: string, bad: boolean) {
  const toast = { id: nextId++, text, bad };
  set([...toasts, toast]);
  setTimeout(() => set(toasts.filter((other) => other !== toast)), shownMs);
}

export const tell = (text: string) => show(text, false);
export const tellError = (error: unknown) => show(errorText(error), true);

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, bad }) => (
        <div key={id} className={bad ? "toast bad" : "toast"}>
          {bad ? <CircleAlert size={18} aria-hidden /> : <CircleCheck size={18} aria-hidden />}
          <span>{text}</span>
        </div>
      ))}
    </div>
  );
}
