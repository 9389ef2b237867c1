import type { DiffType } from "../../api/types";

const looks: Record<DiffType, [text: string, look: string]> = {
  added: ["added", "good"],
  changed: ["changed", "accent"],
  removed: ["removed", "bad"],
  conflict: ["conflict", "warn"],
  prefix_changed: ["changes", "accent"],
};

export function ChangeBadge({ type }: { type: DiffType }) {
  const [text, look] = looks[type];
  return <span className={`badge ${look}`}>{text}</span>;
}
