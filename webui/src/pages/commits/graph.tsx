import type { GraphLine, GraphRow } from "../../lib/commit-graph";
import "./graph.css";

const laneWidth = 14;
// Further lanes share the last place: a log needs its width for messages.
const lanesMax = 12;
const colours = 6;
const place = (lane: number) => Math.min(lane, lanesMax - 1) * laneWidth + laneWidth / 2 + 4;

/** The width of the graph of some rows, in pixels. */
export const graphWidth = (rows: GraphRow[]) =>
  Math.min(rows.reduce((most, { width }) => Math.max(most, width), 1), lanesMax) * laneWidth + 8;

/** What stands beside one commit; as high as its row, whatever that is. */
export function GraphCell({ row, width }: { row: GraphRow; width: number }) {
  return (
    <div className="graph-cell" style={{ width }} aria-hidden>
      {/* Stretched to the height of the row. */}
      <svg viewBox={`0 0 ${width} 100`} preserveAspectRatio="none" width={width}>
        {row.upper.map((line, index) => (
          <Line key={`u${index}`} line={line} top={0} />
        ))}
        {row.lower.map((line, index) => (
          <Line key={`l${index}`} line={line} top={50} />
        ))}
      </svg>
      <span
        className={`graph-node lane-${row.lane % colours}${row.isMerge ? " merge" : ""}`}
        style={{ left: place(row.lane) }}
      />
    </div>
  );
}

function Line({ line: { from, to, lane }, top }: { line: GraphLine; top: number }) {
  const [x1, x2] = [place(from), place(to)];
  const path = from === to ? `M${x1} ${top}V${top + 50}` : `M${x1} ${top}C${x1} ${top + 30} ${x2} ${top + 20} ${x2} ${top + 50}`;
  return <path className={`lane-${lane % colours}`} d={path} />;
}
