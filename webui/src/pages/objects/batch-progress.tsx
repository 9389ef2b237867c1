import { type ReactNode, useEffect, useRef, useState } from "react";
import { Bar } from "../../ui/values";

/** What is done of work on many objects; `total` is 0 until it is known. */
export interface Progress {
  what: string;
  done: number;
  total: number;
  note?: ReactNode;
}

/** Work that ends when the dialog is closed, and how far it is. */
export function useBatch() {
  const stop = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const begin = () => {
    stop.current = new AbortController();
    return stop.current.signal;
  };
  return { begin, progress, setProgress };
}

export function BatchProgress({ progress }: { progress: Progress | null }) {
  if (!progress) return null;
  const { what, done, total, note } = progress;
  return (
    <div className="stack tight small" aria-live="polite">
      <span>
        {what} {note}
      </span>
      <Bar label={what} percent={total > 0 ? Math.floor((100 * done) / total) : null} />
    </div>
  );
}
