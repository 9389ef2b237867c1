// What changed between two texts: lines beside each other, words marked within changed lines.
import { diffArrays, diffWordsWithSpace } from "diff";

export interface Piece {
  text: string;
  isMarked: boolean;
}

export interface Line {
  /** From 1 on. */
  number: number;
  pieces: Piece[];
}

/** Lines beside each other; a side without one has nothing there. */
export interface DiffRow {
  isSame: boolean;
  left: Line | null;
  right: Line | null;
}

export interface TextDiff {
  rows: DiffRow[];
  added: number;
  removed: number;
  /** Too much differs to find what stayed: one text is shown as replaced by the other. */
  isRough: boolean;
}

const editsMax = 1000;
const timeMs = 500;
// A pair of lines longer than that is not looked at word by word.
const wordsMost = 4000;
const contextRows = 3;

const linesOf = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
const plain = (text: string): Piece[] => [{ text, isMarked: false }];

function markWords(left: string, right: string): [Piece[], Piece[]] {
  if (left.length + right.length > wordsMost) return [plain(left), plain(right)];
  const changes = diffWordsWithSpace(left, right);
  const kept = changes.reduce((sum, { added, removed, value }) => (added || removed ? sum : sum + value.trim().length), 0);
  // Lines that share next to nothing were not changed into each other: marks would be noise.
  if (kept * 4 < Math.min(left.trim().length, right.trim().length)) return [plain(left), plain(right)];
  const side = (other: "added" | "removed", own: "added" | "removed") =>
    changes.filter((change) => !change[other]).map((change) => ({ text: change.value, isMarked: change[own] }));
  return [side("added", "removed"), side("removed", "added")];
}

export function diffTexts(left: string, right: string): TextDiff {
  const [before, after] = [linesOf(left), linesOf(right)];
  const found = diffArrays(before, after, { maxEditLength: editsMax, timeout: timeMs });
  const changes = found ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  const diff: TextDiff = { rows: [], added: 0, removed: 0, isRough: !found };
  let [leftNumber, rightNumber] = [1, 1];
  for (let at = 0; at < changes.length; at++) {
    const change = changes[at];
    if (!change) continue;
    if (!change.added && !change.removed) {
      for (const text of change.value) {
        diff.rows.push({
          isSame: true,
          left: { number: leftNumber++, pieces: plain(text) },
          right: { number: rightNumber++, pieces: plain(text) },
        });
      }
      continue;
    }
    // What was removed, with what was put in its place.
    const next = change.removed && changes[at + 1]?.added ? changes[++at] : undefined;
    const gone = change.removed ? change.value : [];
    const come = change.added ? change.value : (next?.value ?? []);
    diff.removed += gone.length;
    diff.added += come.length;
    for (let row = 0; row < Math.max(gone.length, come.length); row++) {
      const [old, fresh] = [gone[row], come[row]];
      const [oldPieces, freshPieces] =
        old !== undefined && fresh !== undefined && found ? markWords(old, fresh) : [plain(old ?? ""), plain(fresh ?? "")];
      diff.rows.push({
        isSame: false,
        left: old === undefined ? null : { number: leftNumber++, pieces: oldPieces },
        right: fresh === undefined ? null : { number: rightNumber++, pieces: freshPieces },
      });
    }
  }
  return diff;
}

export interface Section {
  rows: DiffRow[];
  /** Far from what changed. */
  isFolded: boolean;
}

/** What stayed the same is folded, but for a few lines around each change. */
export function foldRows(rows: DiffRow[]): Section[] {
  const isNear = new Uint8Array(rows.length);
  rows.forEach(({ isSame }, index) => {
    if (!isSame) isNear.fill(1, Math.max(0, index - contextRows), index + contextRows + 1);
  });
  const sections: Section[] = [];
  rows.forEach((row, index) => {
    const isFolded = isNear[index] === 0;
    const last = sections.at(-1);
    if (last?.isFolded === isFolded) last.rows.push(row);
    else sections.push({ rows: [row], isFolded });
  });
  return sections;
}
