import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { formatBytes } from "../../lib/format";
import { type Language, languageByName } from "../../lib/languages";
import { renderHtml } from "../../lib/markdown";
import { type NotebookCell, type Output, parseNotebook } from "../../lib/notebook";
import { Failure, Loading } from "../../ui/states";
import MarkdownView, { SafeHtml } from "../objects/markdown-view";
import { textQuery, type TextStart } from "./bytes";
import { Code } from "./code";
import type { ViewProps } from "./preview";
import { RasterImage } from "./raster-image";
import { TextView } from "./text-view";

const bytesMax = 16 << 20;

type Place = Parameters<typeof renderHtml>[1];

/** A Jupyter notebook with the outputs that were kept in it. Nothing of it is run. */
export default function NotebookView({ object }: ViewProps) {
  const start = useQuery(textQuery(object, bytesMax, true));
  if (start.error) return <Failure error={start.error} retry={() => void start.refetch()} />;
  if (start.data === undefined) return <Loading lines={10} />;
  if (start.data === null) return <p className="soft more">This is no text. Look at its bytes instead.</p>;
  if (!start.data.isWhole) return <p className="soft more">Notebooks above {formatBytes(bytesMax)} are shown as text only.</p>;
  return <Cells object={object} text={start.data.text} />;
}

function Cells({ object, text }: ViewProps & Pick<TextStart, "text">) {
  const { repository, branch, path } = object;
  const parsed = useMemo(() => {
    try {
      return parseNotebook(text);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }, [text]);
  if (parsed instanceof Error) {
    return (
      <>
        <Failure error={`It cannot be read as a notebook: ${parsed.message}`} />
        <TextView object={object} />
      </>
    );
  }
  const place = { repository, ref: branch, path };
  const language = languageByName(parsed.language);
  return (
    <div className="notebook">
      {parsed.cells.map((cell, index) => (
        <CellView key={index} cell={cell} place={place} language={language} />
      ))}
      {parsed.cells.length === 0 && <p className="soft more">This notebook has no cells.</p>}
    </div>
  );
}

function CellView({ cell, place, language }: { cell: NotebookCell; place: Place; language: Language | null }) {
  if (cell.kind === "markdown") return <MarkdownView text={cell.text} place={place} />;
  if (cell.kind === "raw") return <pre className="notebook-text">{cell.text}</pre>;
  const name = cell.count === null ? "" : `[${cell.count}]`;
  return (
    <section className="notebook-cell" aria-label={`Code ${name}`}>
      <span className="notebook-count soft mono" aria-hidden>
        {name}
      </span>
      <div className="grow">
        <Code text={cell.text} language={language} label={`Source ${name}`} />
        {cell.outputs.map((output, index) => (
          <OutputView key={index} output={output} place={place} />
        ))}
      </div>
    </section>
  );
}

function OutputView({ output, place }: { output: Output; place: Place }) {
  switch (output.kind) {
    case "text":
      return <pre className={output.isError ? "notebook-text bad" : "notebook-text"}>{output.text}</pre>;
    case "markdown":
      return <MarkdownView text={output.text} place={place} />;
    case "html":
      return <HtmlOutput html={output.html} place={place} />;
    case "image":
      return <ImageOutput base64={output.base64} />;
    case "left-out":
      return <p className="soft small notebook-text">An output of the type {output.what} is not shown.</p>;
  }
}

function HtmlOutput({ html, place }: { html: string; place: Place }) {
  const { repository, ref, path } = place;
  const safe = useMemo(() => renderHtml(html, { repository, ref, path }), [html, repository, ref, path]);
  return <SafeHtml html={safe} />;
}

function ImageOutput({ base64 }: { base64: string }) {
  const bytes = useMemo(() => {
    try {
      return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    } catch {
      return new Uint8Array();
    }
  }, [base64]);
  return (
    <div className="notebook-image">
      <RasterImage bytes={bytes} alt="Output" />
    </div>
  );
}
