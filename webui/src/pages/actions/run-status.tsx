import { CircleCheck, CircleMinus, CircleX, LoaderCircle } from "lucide-react";
import type { RunStatus } from "../../api/actions";

const looks = {
  completed: [CircleCheck, "good"],
  failed: [CircleX, "bad"],
  skipped: [CircleMinus, ""],
  running: [LoaderCircle, "accent"],
} as const;

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const [Icon, look] = looks[status];
  return (
    <span className={`badge ${look}`}>
      <Icon size={12} aria-hidden /> {status}
    </span>
  );
}
