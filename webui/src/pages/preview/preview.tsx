import { type ComponentType, lazy, Suspense, useState } from "react";
import { type Preview, previewOf, queriedAs } from "../../lib/preview";
import { Loading } from "../../ui/states";
import type { ShownObject } from "./bytes";
import { HexView } from "./hex-view";
import { ImageView } from "./image-view";
import "./preview.css";
import { type Outcome, QueryBox, QueryResult } from "./query-box";
import { TableView } from "./table-view";
import { TextView } from "./text-view";

export interface ViewProps {
  object: ShownObject;
}

interface View {
  name: string;
  Component: ComponentType<ViewProps>;
}

// With their libraries, which no other page needs.
const Document: View = { name: "Document", Component: lazy(() => import("./document-view")) };
const Notebook: View = { name: "Notebook", Component: lazy(() => import("./notebook-view")) };
const Parquet: View = { name: "Table", Component: lazy(() => import("./parquet-view")) };
const Pdf: View = { name: "Document", Component: lazy(() => import("./pdf-view")) };
const Drawing: View = { name: "Drawing", Component: lazy(() => import("./geojson-view")) };
const Table: View = { name: "Table", Component: TableView };
const Image: View = { name: "Image", Component: ImageView };
const Text: View = { name: "Text", Component: TextView };
const Bytes: View = { name: "Bytes", Component: HexView };

const views: Record<Preview, View[]> = {
  markdown: [Document, Text, Bytes],
  table: [Table, Text, Bytes],
  "json-lines": [Table, Text, Bytes],
  parquet: [Parquet, Bytes],
  notebook: [Notebook, Text, Bytes],
  geojson: [Drawing, Text, Bytes],
  image: [Image, Bytes],
  pdf: [Pdf, Bytes],
  text: [Text, Bytes],
  binary: [Bytes, Text],
};

/** An object as far as it can be shown, in the ways that suit it. Nothing of it runs: it is text or pixels. */
export function ObjectPreview({ object }: ViewProps) {
  const offered = views[previewOf(object.path, object.contentType)];
  const [chosen, setChosen] = useState(offered[0]);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const shown = chosen && offered.includes(chosen) ? chosen : offered[0];
  if (object.size === 0) return <p className="soft more">This object is empty.</p>;
  const show = (view: View) => {
    setChosen(view);
    setOutcome(null);
  };
  return (
    <>
      <div className="preview-bar">
        <div className="tabs" role="group" aria-label="Shown as">
          {offered.map((view) => (
            <button key={view.name} type="button" aria-pressed={view === shown && outcome === null} onClick={() => show(view)}>
              {view.name}
            </button>
          ))}
        </div>
      </div>
      {queriedAs(object.path) && <QueryBox object={object} outcome={outcome} onOutcome={setOutcome} />}
      {outcome && <QueryResult outcome={outcome} onClose={() => setOutcome(null)} />}
      {shown && !outcome && (
        <Suspense fallback={<Loading />}>
          <shown.Component object={object} />
        </Suspense>
      )}
    </>
  );
}
