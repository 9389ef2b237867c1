import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import { readBytes } from "../../api/objects";
import { formatNumber } from "../../lib/format";
import { hexLines } from "../../lib/hex";
import { baseName } from "../../lib/paths";
import { Button } from "../../ui/button";
import { Failure, Loading } from "../../ui/states";
import type { ViewProps } from "./preview";

const pageBytes = 4 << 10;

/** Bytes in hex and as characters, page by page, however large the object is. */
export function HexView({ object: { repository, branch, path, size } }: ViewProps) {
  const [start, setStart] = useState(0);
  const [asked, setAsked] = useState("");
  const end = Math.min(start + pageBytes, size);
  const page = useQuery({
    queryKey: ["objects", repository, branch, "bytes", path, start, end],
    queryFn: ({ signal }) => readBytes(repository, branch, path, start, end, signal),
    placeholderData: (previous) => previous,
    staleTime: 60_000,
  });
  const offset = parseOffset(asked);
  const go = (event: SyntheticEvent) => {
    event.preventDefault();
    if (offset !== null && offset < size) setStart(offset - (offset % pageBytes));
  };
  return (
    <>
      {page.error ? (
        <Failure error={page.error} retry={() => void page.refetch()} />
      ) : page.data ? (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <pre className="hex" role="region" aria-label={`Bytes of ${baseName(path)}`} tabIndex={0}>
          {hexLines(new Uint8Array(page.data), start).join("\n")}
        </pre>
      ) : (
        <Loading lines={10} />
      )}
      {size > pageBytes && (
        <form className="preview-notes" onSubmit={go}>
          <span>
            Bytes {formatNumber(start)} to {formatNumber(end - 1)} of {formatNumber(size)}
          </span>
          <Button small disabled={start === 0} onClick={() => setStart(Math.max(0, start - pageBytes))}>
            <ChevronLeft size={14} aria-hidden /> Previous
          </Button>
          <Button small disabled={end >= size} onClick={() => setStart(start + pageBytes)}>
            Next <ChevronRight size={14} aria-hidden />
          </Button>
          <input
            className="input offset"
            aria-label="Go to offset"
            placeholder="Offset, 0x1F00"
            value={asked}
            aria-invalid={asked !== "" && (offset === null || offset >= size) ? true : undefined}
            onChange={(event) => setAsked(event.target.value)}
          />
          <Button small type="submit" disabled={offset === null || offset >= size}>
            Go
          </Button>
        </form>
      )}
    </>
  );
}

/** Decimal, or hex with 0x; null for what is no offset. */
function parseOffset(text: string): number | null {
  const trimmed = text.trim();
  return /^(0x[0-9a-f]{1,12}|\d{1,15})$/i.test(trimmed) ? Number(trimmed) : null;
}
