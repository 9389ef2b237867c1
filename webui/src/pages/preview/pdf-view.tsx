import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { readBytes } from "../../api/objects";
import { baseName } from "../../lib/paths";
import { type OpenPdf, openPdf } from "../../lib/pdf";
import { Button } from "../../ui/button";
import { Failure, Loading } from "../../ui/states";
import type { ViewProps } from "./preview";

/** A PDF page by page. Its scripts, forms and links do nothing; it is a picture, with its text for readers. */
export default function PdfView({ object: { repository, branch, path, size } }: ViewProps) {
  const document = useQuery({
    queryKey: ["objects", repository, branch, "pdf", path, size],
    queryFn: ({ signal }) => openPdf((start, end) => readBytes(repository, branch, path, start, end, signal.aborted ? undefined : signal), size),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const opened = document.data;
  useEffect(() => () => opened?.close(), [opened]);
  if (document.error) return <Failure error={`It cannot be drawn: ${document.error.message}`} />;
  if (!opened) return <Loading lines={10} />;
  return <Pages document={opened} name={baseName(path)} />;
}

type Drawn = { page: number; text: string } | { page: number; error: unknown };

function Pages({ document, name }: { document: OpenPdf; name: string }) {
  const [page, setPage] = useState(1);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isGone = false;
    const { current } = place;
    if (!current) return;
    // Each page has a canvas of its own: a drawing that is still going on would spoil that of the next.
    const canvas = window.document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Page ${page} of ${name}`);
    document.draw(page, canvas, current.clientWidth * Math.min(window.devicePixelRatio, 2)).then(
      (text) => {
        if (isGone) return;
        current.replaceChildren(canvas);
        setDrawn({ page, text });
      },
      (error: unknown) => {
        if (!isGone) setDrawn({ page, error });
      },
    );
    return () => {
      isGone = true;
    };
  }, [document, page, name]);
  const now = drawn?.page === page ? drawn : null;
  return (
    <>
      {now && "error" in now && <Failure error={now.error} />}
      <div ref={place} className="pdf-page" aria-busy={now === null} />
      <p className="hidden">{now && "text" in now ? now.text : ""}</p>
      <div className="preview-notes">
        <span role="status">
          Page {page} of {document.pages}
        </span>
        <Button small disabled={page === 1} onClick={() => setPage(page - 1)}>
          <ChevronLeft size={14} aria-hidden /> Previous
        </Button>
        <Button small disabled={page === document.pages} onClick={() => setPage(page + 1)}>
          Next <ChevronRight size={14} aria-hidden />
        </Button>
      </div>
    </>
  );
}
