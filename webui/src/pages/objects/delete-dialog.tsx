import { deletedMost, deleteObjects, walkObjects } from "../../api/objects";
import { objectsOf } from "../../lib/batch";
import { count, formatNumber } from "../../lib/format";
import type { ListedRow } from "../../lib/merge-changes";
import { baseName } from "../../lib/paths";
import { Confirm } from "../../ui/dialog";
import { tell } from "../../ui/toasts";
import { BatchProgress, useBatch } from "./batch-progress";

export interface ChosenProps {
  repository: string;
  branch: string;
  chosen: ListedRow[];
  onClose: () => void;
  /** Something was changed on the branch. */
  onChange: () => Promise<unknown>;
}

/** Deletes what was chosen, folders with all that is below them. */
export function DeleteDialog({ repository, branch, chosen, onClose, onChange }: ChosenProps) {
  const { begin, progress, setProgress } = useBatch();
  const [only] = chosen;
  const single = chosen.length === 1 ? only : undefined;
  const kind = single ? `this ${single.isFolder ? "folder" : "object"}` : count(chosen.length, "item");
  const run = async () => {
    const signal = begin();
    let done = 0;
    let batch: string[] = [];
    const flush = async () => {
      await deleteObjects(repository, branch, batch, signal);
      done += batch.length;
      batch = [];
      setProgress({ what: `${formatNumber(done)} deleted`, done, total: 0 });
    };
    try {
      const walk = (prefix: string) => walkObjects({ repository, ref: branch, prefix }, signal);
      for await (const { path } of objectsOf(chosen, walk)) {
        batch.push(path);
        if (batch.length === deletedMost) await flush();
      }
      if (batch.length > 0) await flush();
    } finally {
      if (done > 0) await onChange();
    }
    const what = single && !single.isFolder ? `${baseName(single.path)} was` : `${count(done, "object")} ${done === 1 ? "was" : "were"}`;
    tell(`${what} deleted; until the next commit it can be taken back.`);
  };
  return (
    <Confirm title={`Delete ${kind}?`} open onClose={onClose} onConfirm={run}>
      <p className="break">
        <strong>{single?.path ?? count(chosen.length, "chosen item")}</strong> will be removed from {branch}
        {chosen.some(({ isFolder }) => isFolder) && ", folders with all that is below them"}. Commits that have it keep it.
      </p>
      <BatchProgress progress={progress} />
    </Confirm>
  );
}
