// Single values as they are shown everywhere.
import { Check, Copy as CopyIcon } from "lucide-react";
import { useState } from "react";
import { formatAge, formatBytes, formatNumber, formatTime } from "../lib/format";
import { IconButton } from "./button";
import { useNow } from "./now";

/** Seconds since 1970 as an age; the exact time on hover. */
export function Time({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={formatTime(at)}>
      {formatAge(at, Math.max(now, at))}
    </time>
  );
}

export function Size({ bytes }: { bytes: number }) {
  return (
    <span className="number" title={`${formatNumber(bytes)} bytes`}>
      {formatBytes(bytes)}
    </span>
  );
}

/** How far something is; null where that is not known. */
export function Bar({ label, percent }: { label: string; percent: number | null }) {
  const about = percent === null ? {} : { "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100 };
  return (
    <div className={percent === null ? "progress unknown" : "progress"} role="progressbar" aria-label={label} {...about}>
      <div style={percent === null ? undefined : { width: `${percent}%` }} />
    </div>
  );
}

const copiedMs = 1500;

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <IconButton
      label={isCopied ? "Copied" : label}
      onClick={() => {
        void copyText(text).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), copiedMs);
        });
      }}
    >
      {isCopied ? <Check size={16} /> : <CopyIcon size={16} />}
    </IconButton>
  );
}

/** Also where the clipboard is closed to pages without TLS. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without TLS
  document.execCommand("copy");
  area.remove();
}
