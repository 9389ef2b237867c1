// Differences as a tree: folders open when they are asked to, each with its own pages.
import { ChevronDown, ChevronRight, File as FileIcon, Folder, Undo2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link } from "react-router";
import { usePagedList } from "../../api/pages";
import type { Diff, Page } from "../../api/types";
import { baseName } from "../../lib/paths";
import { Button, IconButton } from "../../ui/button";
import { Failure, ListStates, Loading } from "../../ui/states";
import { Size } from "../../ui/values";
import { ChangeBadge } from "./change-badge";
import "./change-tree.css";
import type { DiffSides } from "./object-diff";

// With what compares texts and tables.
const ObjectDiff = lazy(() => import("./object-diff"));

export interface ChangeSource {
  /** Of the query cache. */
  key: readonly unknown[];
  /** Differences below a folder, grouped by the next slash. */
  fetch: (prefix: string, after: string, signal: AbortSignal) => Promise<Page<Diff>>;
  /** Where an object can be seen; null where it cannot. */
  address?: (diff: Diff) => string | null;
  /** Where objects are before and after, to look at what changed within them. */
  sides: DiffSides;
  /** Takes a change, or all of a folder, back. */
  onRevert?: (diff: Diff) => void;
}

export function ChangeTree({ source, empty, title }: { source: ChangeSource; empty: ReactNode; title?: ReactNode }) {
  const list = usePagedList([...source.key, ""], (after, signal) => source.fetch("", after, signal));
  return (
    <div className="tree-container">
      <div className="card">
        {title && <div className="card-head">{title}</div>}
        <ListStates list={list} empty={empty}>
          {(rows) => (
            <table className={source.onRevert ? "table change-tree" : "table change-tree fixed"}>
              <colgroup>
                <col />
                <col className="col-size narrow-off" />
                <col className="col-menu" />
              </colgroup>
              <thead className="hidden">
                <tr>
                  <th scope="col">Path</th>
                  <th scope="col" className="narrow-off">
                    Size
                  </th>
                  <th scope="col">Actions</th>
                </tr>
              </thead>
              <tbody>
                <Rows rows={rows} source={source} depth={0} />
              </tbody>
            </table>
          )}
        </ListStates>
      </div>
    </div>
  );
}

function Rows({ rows, source, depth }: { rows: Diff[]; source: ChangeSource; depth: number }) {
  return rows.map((diff) =>
    diff.path_type === "common_prefix" ? (
      <FolderRow key={diff.path} diff={diff} source={source} depth={depth} />
    ) : (
      <ObjectRow key={diff.path} diff={diff} source={source} depth={depth} />
    ),
  );
}

const indent = (depth: number) => ({ paddingLeft: `${depth * 22}px` });

function FolderRow({ diff, source, depth }: { diff: Diff; source: ChangeSource; depth: number }) {
  const [isOpen, setOpen] = useState(false);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr>
        <td>
          <div className="name" style={indent(depth)}>
            <button type="button" className="expander" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              <Chevron size={15} aria-hidden />
              <Folder size={16} className="folder-icon" aria-hidden />
              <span className="cut">{baseName(diff.path)}</span>
            </button>
            <ChangeBadge type={diff.type} />
          </div>
        </td>
        <td className="narrow-off" />
        <td className="end">
          <Revert diff={diff} source={source} />
        </td>
      </tr>
      {isOpen && <OpenFolder prefix={diff.path} source={source} depth={depth + 1} />}
    </>
  );
}

function OpenFolder({ prefix, source, depth }: { prefix: string; source: ChangeSource; depth: number }) {
  const list = usePagedList([...source.key, prefix], (after, signal) => source.fetch(prefix, after, signal));
  const isNoted = list.isPending || list.error !== null || list.hasMore;
  return (
    <>
      <Rows rows={list.rows} source={source} depth={depth} />
      {isNoted && (
        <tr className="spacer">
          <td colSpan={3}>
            {list.isPending ? (
              <Loading lines={2} />
            ) : list.error ? (
              <Failure error={list.error} retry={list.retry} />
            ) : (
              <div className="more">
                <Button small onClick={list.loadMore} busy={list.isLoadingMore}>
                  Show more of {baseName(prefix)}
                </Button>
              </div>
            )}
          </td>
        </tr>
      )}
    </>
  );
}

function ObjectRow({ diff, source, depth }: { diff: Diff; source: ChangeSource; depth: number }) {
  const [isOpen, setOpen] = useState(false);
  const address = source.address?.(diff);
  const name = baseName(diff.path);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr>
        <td>
          <div className="name" style={indent(depth)}>
            <button type="button" className="expander" aria-label="What changed" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              <Chevron size={15} aria-hidden />
            </button>
            <FileIcon size={16} aria-hidden />
            {address ? (
              <Link to={address} className="cut" title={diff.path}>
                {name}
              </Link>
            ) : (
              <span className="cut" title={diff.path}>
                {name}
              </span>
            )}
            <ChangeBadge type={diff.type} />
          </div>
        </td>
        <td className="end soft narrow-off">{diff.size_bytes !== undefined && diff.type !== "removed" && <Size bytes={diff.size_bytes} />}</td>
        <td className="end">
          <Revert diff={diff} source={source} />
        </td>
      </tr>
      {isOpen && (
        <tr className="spacer">
          <td colSpan={3}>
            <Suspense fallback={<Loading lines={4} />}>
              <ObjectDiff sides={source.sides} path={diff.path} />
            </Suspense>
          </td>
        </tr>
      )}
    </>
  );
}

function Revert({ diff, source }: { diff: Diff; source: ChangeSource }) {
  const { onRevert } = source;
  if (!onRevert) return null;
  return (
    <IconButton label="Take back" onClick={() => onRevert(diff)}>
      <Undo2 size={15} />
    </IconButton>
  );
}
