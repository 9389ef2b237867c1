import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeftRight, CircleCheck, GitCompareArrows, GitMerge, GitPullRequest } from "lucide-react";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { diffRefs, refQuery } from "../../api/refs";
import { compareAddress, newPullAddress, objectAddress } from "../../shell/addresses";
import { RefPicker, refText } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { Button, IconButton, LinkButton } from "../../ui/button";
import { Empty, Failure } from "../../ui/states";
import { ChangeTree } from "./change-tree";
import { MergeDialog } from "./merge-dialog";

/** What one ref has that another has not, and how to bring it there. */
export default function ComparePage() {
  const repository = useRepository();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [parameters] = useSearchParams();
  const base = parameters.get("ref") ?? repository.default_branch;
  const compared = parameters.get("compare") ?? repository.default_branch;
  const [isMerging, setMerging] = useState(false);
  const baseRef = useQuery(refQuery(repository.id, base));
  const comparedRef = useQuery(refQuery(repository.id, compared));
  const some = useQuery({
    queryKey: ["diff", repository.id, base, compared, "some"],
    queryFn: ({ signal }) => diffRefs(repository.id, base, compared, { amount: 1, signal }),
    enabled: base !== compared,
  });
  const hasChanges = (some.data?.results.length ?? 0) > 0;
  const canMerge = hasChanges && baseRef.data?.kind === "branch" && !repository.read_only;
  const error = baseRef.error ?? comparedRef.error;
  return (
    <>
      <div className="page-head">
        <div className="row wrap">
          <RefPicker
            repository={repository.id}
            label="Base branch: "
            value={{ id: base, kind: baseRef.data?.kind ?? "branch" }}
            onPick={({ id }) => void navigate(compareAddress(repository.id, id, compared))}
          />
          <IconButton label="Switch sides" onClick={() => void navigate(compareAddress(repository.id, compared, base))}>
            <ArrowLeftRight size={16} />
          </IconButton>
          <RefPicker
            repository={repository.id}
            label="Compared to branch: "
            value={{ id: compared, kind: comparedRef.data?.kind ?? "branch" }}
            onPick={({ id }) => void navigate(compareAddress(repository.id, base, id))}
          />
        </div>
        <div className="row">
          {canMerge && comparedRef.data?.kind === "branch" && (
            <LinkButton to={newPullAddress(repository.id, base, compared)}>
              <GitPullRequest size={16} aria-hidden /> Create Pull Request
            </LinkButton>
          )}
          <Button look="primary" disabled={!canMerge} onClick={() => setMerging(true)}>
            <GitMerge size={16} aria-hidden /> Merge
          </Button>
        </div>
      </div>
      {error ? (
        <Failure error={error} />
      ) : base === compared ? (
        <div className="card">
          <Empty icon={GitCompareArrows} title="There isn't anything to compare">
            <p>Choose two different refs. Shown is what the second has changed since it left the base.</p>
          </Empty>
        </div>
      ) : (
        <ChangeTree
          key={`${base}...${compared}`}
          source={{
            key: ["diff", repository.id, base, compared, "tree"],
            fetch: (prefix, after, signal) => diffRefs(repository.id, base, compared, { prefix, after, delimiter: "/", signal }),
            sides: { repository: repository.id, left: base, right: compared, isThreeDot: true },
            address: (diff) => objectAddress(repository.id, diff.type === "removed" ? base : compared, diff.path),
          }}
          title={
            <h2 className="break">
              Showing changes between {refText(base)} and {refText(compared)}
            </h2>
          }
          empty={
            <Empty icon={CircleCheck} title="No changes">
              <p>
                {refText(base)} has all that {refText(compared)} has.
              </p>
            </Empty>
          }
        />
      )}
      {isMerging && (
        <MergeDialog
          repository={repository.id}
          source={compared}
          destination={base}
          onClose={() => setMerging(false)}
          onDone={() => client.invalidateQueries()}
        />
      )}
    </>
  );
}
