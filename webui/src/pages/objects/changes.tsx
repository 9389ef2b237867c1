import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, CircleCheck, Undo2 } from "lucide-react";
import { useState } from "react";
import { fetchAll } from "../../api/pages";
import { diffBranch, type Reset, resetBranch } from "../../api/refs";
import type { Diff } from "../../api/types";
import { count, formatNumber } from "../../lib/format";
import { objectAddress, objectsAddress } from "../../shell/addresses";
import { Button, LinkButton } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Empty } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { Size } from "../../ui/values";
import { ChangeTree } from "../compare/change-tree";

interface ChangesViewProps {
  repository: string;
  branch: string;
  canWrite: boolean;
  onChange: () => Promise<unknown>;
}

const countedMost = 10_000;

/** What the next commit of a branch would hold. */
export function ChangesView({ repository, branch, canWrite, onChange }: ChangesViewProps) {
  const [reverting, setReverting] = useState<Diff | "all" | null>(null);
  const summary = useQuery({
    queryKey: ["changes", repository, branch, "summary"],
    queryFn: async ({ signal }) => {
      const { rows, isWhole } = await fetchAll((after) => diffBranch(repository, branch, { after, signal }), countedMost);
      const bytes = rows.reduce((sum, row) => sum + (row.type === "removed" ? 0 : (row.size_bytes ?? 0)), 0);
      return { rows, isWhole, bytes };
    },
  });
  const of = (type: Diff["type"]) => summary.data?.rows.filter((row) => row.type === type).length ?? 0;
  const total = summary.data?.rows.length ?? 0;
  const revert = async () => {
    if (!reverting) return;
    const reset: Reset =
      reverting === "all" ? { type: "reset" } : { type: reverting.path_type, path: reverting.path };
    await resetBranch(repository, branch, reset);
    await onChange();
    tell(reverting === "all" ? `All changes of ${branch} were taken back.` : `The change of ${reverting.path} was taken back.`);
  };
  return (
    <div className="stack">
      <div>
        <LinkButton look="quiet" small to={objectsAddress(repository, branch)}>
          <ArrowLeft size={15} aria-hidden /> Back to the objects
        </LinkButton>
      </div>
      <ChangeTree
        source={{
          key: ["changes", repository, branch, "tree"],
          fetch: (prefix, after, signal) => diffBranch(repository, branch, { prefix, after, delimiter: "/", signal }),
          sides: { repository, left: `${branch}@`, right: branch },
          address: (diff) => (diff.type === "removed" ? null : objectAddress(repository, branch, diff.path)),
          ...(canWrite && { onRevert: setReverting }),
        }}
        title={
          <>
            <div>
              <h2>
                {summary.data
                  ? `Showing ${summary.data.isWhole ? count(total, "change") : `more than ${formatNumber(total)} changes`} for branch ${branch}`
                  : `Changes of ${branch}`}
              </h2>
              {summary.data && total > 0 && (
                <p className="soft small">
                  {[
                    [of("added"), "added"],
                    [of("changed"), "changed"],
                    [of("removed"), "removed"],
                  ]
                    .filter(([number]) => number !== 0)
                    .map(([number, what]) => `${number} ${what}`)
                    .join(", ")}{" "}
                  · <Size bytes={summary.data.bytes} />
                </p>
              )}
            </div>
            {canWrite && total > 0 && (
              <Button onClick={() => setReverting("all")}>
                <Undo2 size={15} aria-hidden /> Revert
              </Button>
            )}
          </>
        }
        empty={
          <Empty icon={CircleCheck} title="Everything is committed">
            <p>What is uploaded, imported or deleted on {branch} shows here until it is committed.</p>
          </Empty>
        }
      />
      <Confirm
        title={reverting === "all" ? "Revert all changes?" : "Revert this change?"}
        open={reverting !== null}
        onClose={() => setReverting(null)}
        onConfirm={revert}
      >
        <p className="break">
          {reverting === "all"
            ? `All uncommitted changes of ${branch} will be lost.`
            : `The uncommitted ${reverting?.path_type === "common_prefix" ? "changes below" : "change of"} ${reverting?.path ?? ""} will be lost.`}
        </p>
      </Confirm>
    </div>
  );
}
