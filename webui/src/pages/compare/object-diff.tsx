// What changed in one object, as far as its kind can be compared.
import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { isStatus } from "../../api/client";
import { statQuery } from "../../api/objects";
import { mergeBaseQuery } from "../../api/refs";
import type { ObjectStats } from "../../api/types";
import { previewOf } from "../../lib/preview";
import { Failure, Loading } from "../../ui/states";
import { Size } from "../../ui/values";
import type { ShownObject } from "../preview/bytes";
import { CsvDiff, ParquetDiff } from "./columns-diff";
import { ImageDiff } from "./image-diff";
import "../preview/preview.css";
import "./object-diff.css";
import { TextDiffView } from "./text-diff-view";

/** Refs that have the object before and after its change. */
export interface DiffSides {
  repository: string;
  left: string;
  right: string;
  /** The change is that of `right` since it left `left`, a branch. */
  isThreeDot?: boolean;
}

/** A side is null where it has no such object. */
export interface ComparedObjects {
  left: ShownObject | null;
  right: ShownObject | null;
}

type View = [name: string, Component: (objects: ComparedObjects) => ReactNode];

function viewsOf({ left, right }: ComparedObjects): View[] {
  const kinds = [left, right].flatMap((object) => (object ? [previewOf(object.path, object.contentType)] : []));
  const isAll = (kind: string) => kinds.every((each) => each === kind);
  if (isAll("image")) return [["Image", ImageDiff]];
  if (isAll("parquet")) return [["Table", ParquetDiff]];
  if (isAll("table")) return [["Text", TextDiffView], ["Table", CsvDiff]];
  return kinds.some((kind) => kind === "binary" || kind === "pdf") ? [] : [["Text", TextDiffView]];
}

const shownObject = (repository: string, branch: string, stats: ObjectStats): ShownObject => ({
  repository,
  branch,
  path: stats.path,
  contentType: stats.content_type ?? "",
  size: stats.size_bytes ?? 0,
});

export default function ObjectDiff({ sides, path }: { sides: DiffSides; path: string }) {
  const { repository, right } = sides;
  const base = useQuery({ ...mergeBaseQuery(repository, sides.right, sides.left), enabled: sides.isThreeDot ?? false });
  const left = sides.isThreeDot ? base.data : sides.left;
  const before = useSide(repository, left, path);
  const after = useSide(repository, right, path);
  const [chosen, setChosen] = useState("");
  const error = base.error ?? before.error ?? after.error;
  if (error) return <Failure error={error} />;
  if (left === undefined || before.stats === undefined || after.stats === undefined) return <Loading lines={4} />;
  const objects: ComparedObjects = {
    left: before.stats && shownObject(repository, left, before.stats),
    right: after.stats && shownObject(repository, right, after.stats),
  };
  const views = viewsOf(objects);
  const [shownName, Shown] = views.find(([name]) => name === chosen) ?? views[0] ?? ["", null];
  return (
    <div className="object-diff">
      <div className="preview-bar">
        <Facts left={before.stats} right={after.stats} />
        {views.length > 1 && (
          <div className="tabs" role="group" aria-label="Compared as">
            {views.map(([name]) => (
              <button key={name} type="button" aria-pressed={name === shownName} onClick={() => setChosen(name)}>
                {name}
              </button>
            ))}
          </div>
        )}
      </div>
      {Shown ? <Shown {...objects} /> : <p className="soft more">Objects of this kind are compared by size and checksum only.</p>}
    </div>
  );
}

/** The object on one side: undefined until it is known, null if there is none. */
function useSide(repository: string, ref: string | undefined, path: string) {
  const stat = useQuery({ ...statQuery(repository, ref ?? "", path), enabled: ref !== undefined, retry: false });
  if (isStatus(stat.error, 404)) return { stats: null, error: null };
  return { stats: stat.data, error: stat.error };
}

function Facts({ left, right }: { left: ObjectStats | null; right: ObjectStats | null }) {
  const changes: [string, ReactNode, ReactNode][] = [];
  const type = (stats: ObjectStats | null) => stats?.content_type ?? "none";
  if (left?.size_bytes !== right?.size_bytes) {
    const size = (stats: ObjectStats | null) => (stats ? <Size bytes={stats.size_bytes ?? 0} /> : "none");
    changes.push(["Size", size(left), size(right)]);
  }
  if (left && right && type(left) !== type(right)) changes.push(["Type", type(left), type(right)]);
  if (left && right && left.checksum !== right.checksum) changes.push(["Checksum", left.checksum.slice(0, 12), right.checksum.slice(0, 12)]);
  return (
    <dl className="diff-facts small">
      {changes.map(([name, before, after]) => (
        <div key={name} className="row">
          <dt className="soft">{name}</dt>
          <dd className="row">
            {before} <ArrowRight size={13} aria-label="became" role="img" /> {after}
          </dd>
        </div>
      ))}
    </dl>
  );
}
