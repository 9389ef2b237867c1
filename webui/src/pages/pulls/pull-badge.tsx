import { CircleX, GitMerge, GitPullRequest } from "lucide-react";
import type { PullRequest } from "../../api/types";

const looks = {
  open: [GitPullRequest, "good", "Open"],
  merged: [GitMerge, "accent", "Merged"],
  closed: [CircleX, "bad", "Closed"],
} as const;

export function PullBadge({ status }: { status: PullRequest["status"] }) {
  const [Icon, look, text] = looks[status];
  return (
    <span className={`badge ${look}`}>
      <Icon size={13} aria-hidden /> {text}
    </span>
  );
}
