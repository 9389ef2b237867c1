// The graph beside a log: which lane each commit stands in and which lines pass it. Rows depend on
// those before them only, so that a further page changes nothing above it. Only a whole log has a
// graph: where a filter leaves commits out, lanes would wait for them for ever.

export interface GraphCommit {
  id: string;
  parents: string[];
}

/** A line in one half of a row, between lanes. It has the colour of the lane `lane`. */
export interface GraphLine {
  from: number;
  to: number;
  lane: number;
}

export interface GraphRow {
  /** Where the commit stands. */
  lane: number;
  /** From the upper edge to the middle; those to `lane` come from children. */
  upper: GraphLine[];
  /** From the middle to the lower edge. */
  lower: GraphLine[];
  /** Lanes that the row needs. */
  width: number;
  isMerge: boolean;
}

/** Rows for a log in its order: children before parents, as far as the clocks of their writers agreed. */
export function commitGraph(commits: GraphCommit[]): GraphRow[] {
  // What each lane waits for.
  const lanes: (string | null)[] = [];
  const seen = new Set<string>();
  const freeLane = () => {
    const free = lanes.indexOf(null);
    return free < 0 ? lanes.length : free;
  };
  return commits.map(({ id, parents }) => {
    seen.add(id);
    const waiting = lanes.indexOf(id);
    const lane = waiting < 0 ? freeLane() : waiting;
    const upper: GraphLine[] = [];
    const lower: GraphLine[] = [];
    let width = lane + 1;
    for (const [from, wanted] of lanes.entries()) {
      if (wanted === null) continue;
      width = Math.max(width, from + 1);
      if (wanted === id) {
        upper.push({ from, to: lane, lane: from });
        lanes[from] = null;
      } else {
        upper.push({ from, to: from, lane: from });
        lower.push({ from, to: from, lane: from });
      }
    }
    // A parent that stands above, by a clock that went wrong, gets no line.
    for (const [index, parent] of parents.filter((each) => !seen.has(each)).entries()) {
      const awaited = lanes.indexOf(parent);
      const to = index === 0 ? lane : awaited < 0 ? freeLane() : awaited;
      lanes[to] = parent;
      lower.push({ from: lane, to, lane: to });
      width = Math.max(width, to + 1);
    }
    while (lanes.length > 0 && lanes.at(-1) === null) lanes.pop();
    return { lane, upper, lower, width, isMerge: parents.length > 1 };
  });
}
