import { useQuery } from "@tanstack/react-query";
import { Fragment, useMemo, useState } from "react";
import { count, formatBytes } from "../../lib/format";
import { type DiffRow, diffTexts, foldRows, type Line, type Section } from "../../lib/text-diff";
import { Failure, Loading } from "../../ui/states";
import { type ShownObject, textQuery } from "../preview/bytes";
import type { ComparedObjects } from "./object-diff";

const comparedBytes = 512 << 10;
// Of a change with more rows only the first are in the page.
const rowsMost = 3000;
const storageKey = "tarn:diff-unified";

function readUnified(): boolean {
  try {
    return localStorage.getItem(storageKey) === "true";
  } catch {
    return false;
  }
}

/** The text of one side; "" where there is no object. */
function useText(object: ShownObject | null) {
  const placeholder: ShownObject = object ?? { repository: "", branch: "", path: "", contentType: "", size: 0 };
  const isThere = object !== null && object.size > 0;
  const query = useQuery({ ...textQuery(placeholder, comparedBytes, true), enabled: isThere });
  return isThere ? query : { data: { text: "", isWhole: true }, error: null };
}

/** Two texts beside each other, or as one with both lines of what changed. */
export function TextDiffView({ left, right }: ComparedObjects) {
  const [isUnified, setUnified] = useState(readUnified);
  const before = useText(left);
  const after = useText(right);
  const error = before.error ?? after.error;
  if (error) return <Failure error={error} />;
  if (before.data === undefined || after.data === undefined) return <Loading lines={6} />;
  if (before.data === null || after.data === null) return <p className="soft more">One of them is no text.</p>;
  const choose = (unified: boolean) => {
    setUnified(unified);
    try {
      localStorage.setItem(storageKey, String(unified));
    } catch {
      // Not kept, then.
    }
  };
  const isWhole = before.data.isWhole && after.data.isWhole;
  return (
    <>
      <div className="preview-facts">
        <span className="soft small">{!isWhole && `Compared are the first ${formatBytes(comparedBytes)} of each.`}</span>
        <div className="tabs" role="group" aria-label="Lines">
          <button type="button" aria-pressed={!isUnified} onClick={() => choose(false)}>
            Side by side
          </button>
          <button type="button" aria-pressed={isUnified} onClick={() => choose(true)}>
            Unified
          </button>
        </div>
      </div>
      <Lines left={before.data.text} right={after.data.text} isUnified={isUnified} />
    </>
  );
}

function Lines({ left, right, isUnified }: { left: string; right: string; isUnified: boolean }) {
  const diff = useMemo(() => diffTexts(left, right), [left, right]);
  const sections = useMemo(() => foldRows(diff.rows.slice(0, rowsMost)), [diff]);
  if (diff.added + diff.removed === 0) return <p className="soft more">The text is the same.</p>;
  return (
    <>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="diff-lines" role="region" aria-label="Changed lines" tabIndex={0}>
        <table className={isUnified ? "unified" : "beside"}>
          <thead className="hidden">
            <tr>
              {["Line before", isUnified ? "Line after" : "Before", isUnified ? "Text" : "Line after", ...(isUnified ? [] : ["After"])].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sections.map((section, index) => (
              <SectionRows key={index} section={section} isUnified={isUnified} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="preview-notes">
        {count(diff.added, "line")} added, {diff.removed} removed.
        {diff.isRough && " Too much differs to tell line by line what became of it."}
        {diff.rows.length > rowsMost && ` Shown are the first ${count(rowsMost, "line")}.`}
      </p>
    </>
  );
}

function SectionRows({ section, isUnified }: { section: Section; isUnified: boolean }) {
  const [isOpen, setOpen] = useState(false);
  if (section.isFolded && !isOpen) {
    return (
      <tr className="folded">
        <td colSpan={isUnified ? 3 : 4}>
          <button type="button" onClick={() => setOpen(true)}>
            Show {count(section.rows.length, "line")} that did not change
          </button>
        </td>
      </tr>
    );
  }
  if (!isUnified) return section.rows.map((row, index) => <BesideRow key={index} row={row} />);
  return runsOf(section.rows).map(([line, look, number], index) => <UnifiedRow key={index} line={line} look={look} right={number} />);
}

type Look = "same" | "removed" | "added";

/** What was removed stands before what was added, run by run. */
function runsOf(rows: DiffRow[]): [Line, Look, number | null][] {
  const lines: [Line, Look, number | null][] = [];
  let added: [Line, Look, number | null][] = [];
  for (const { isSame, left, right } of rows) {
    if (isSame) {
      lines.push(...added);
      added = [];
      if (left) lines.push([left, "same", right?.number ?? null]);
      continue;
    }
    if (left) lines.push([left, "removed", null]);
    if (right) added.push([right, "added", right.number]);
  }
  return [...lines, ...added];
}

const signs: Record<Look, string> = { same: " ", removed: "−", added: "+" };

function Text({ line, look }: { line: Line | null; look: Look }) {
  if (!line) return null;
  return (
    <>
      <span className="sign">{signs[look]}</span>
      {line.pieces.map(({ text, isMarked }, index) => (isMarked ? <mark key={index}>{text}</mark> : <Fragment key={index}>{text}</Fragment>))}
    </>
  );
}

function BesideRow({ row: { isSame, left, right } }: { row: DiffRow }) {
  const look = (line: Line | null, changed: Look) => (isSame ? "same" : line ? changed : "none");
  return (
    <tr>
      <td className="line-number">{left?.number}</td>
      <td className={`line ${look(left, "removed")}`}>
        <Text line={left} look={isSame ? "same" : "removed"} />
      </td>
      <td className="line-number">{right?.number}</td>
      <td className={`line ${look(right, "added")}`}>
        <Text line={right} look={isSame ? "same" : "added"} />
      </td>
    </tr>
  );
}

function UnifiedRow({ line, look, right }: { line: Line; look: Look; right: number | null }) {
  return (
    <tr>
      <td className="line-number">{look === "added" ? null : line.number}</td>
      <td className="line-number">{right}</td>
      <td className={`line ${look}`}>
        <Text line={line} look={look} />
      </td>
    </tr>
  );
}
