import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleX, GitMerge, GitPullRequest } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link, useParams } from "react-router";
import { isStatus } from "../../api/client";
import { mergePull, pullQuery, updatePull } from "../../api/pulls";
import { diffRefs } from "../../api/refs";
import type { PullRequest } from "../../api/types";
import { shortId } from "../../lib/format";
import { commitAddress, objectAddress, objectsAddress, pullsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { Button, LinkButton } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Empty, Failure, Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { Time } from "../../ui/values";
import { ChangeTree } from "../compare/change-tree";
import "../objects/objects.css";
import { PullBadge } from "./pull-badge";

const Markdown = lazy(() => import("../objects/markdown-view"));

export default function PullPage() {
  const repository = useRepository();
  const { pull: id = "" } = useParams();
  const query = useQuery(pullQuery(repository.id, id));
  if (isStatus(query.error, 400, 404)) {
    return (
      <div className="card">
        <Empty icon={GitPullRequest} title="There is no such pull request" actions={<LinkButton to={pullsAddress(repository.id)}>All pull requests</LinkButton>} />
      </div>
    );
  }
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  return <PullView pull={query.data} />;
}

function PullView({ pull }: { pull: PullRequest }) {
  const repository = useRepository();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"merge" | "close" | null>(null);
  const { source_branch: source, destination_branch: destination } = pull;
  const isOpen = pull.status === "open";
  const some = useQuery({
    queryKey: ["diff", repository.id, destination, source, "some"],
    queryFn: ({ signal }) => diffRefs(repository.id, destination, source, { amount: 1, signal }),
    enabled: isOpen,
  });
  const hasChanges = (some.data?.results.length ?? 0) > 0;
  const act = async () => {
    if (asking === "merge") await mergePull(repository.id, pull.id);
    else await updatePull(repository.id, pull.id, { status: "closed" });
    await queries.invalidateQueries();
    tell(asking === "merge" ? `${source} was merged into ${destination}.` : "The pull request was closed.");
  };
  return (
    <div className="stack">
      <div className="stack tight">
        <h1 className="break">{pull.title}</h1>
        <p className="row wrap soft">
          <PullBadge status={pull.status} />
          <span>
            <strong>{pull.author}</strong> wants to merge <Link to={objectsAddress(repository.id, source)}>{source}</Link> into{" "}
            <Link to={objectsAddress(repository.id, destination)}>{destination}</Link> · opened{" "}
            <Time at={Date.parse(pull.creation_date) / 1000} />
          </span>
        </p>
      </div>
      <div className="card">
        {pull.description ? (
          <Suspense fallback={<Loading lines={2} />}>
            <Markdown text={pull.description} place={{ repository: repository.id, ref: source, path: "" }} />
          </Suspense>
        ) : (
          <p className="soft more">No description.</p>
        )}
      </div>
      {isOpen && !repository.read_only && (
        <div className="row end">
          <Button onClick={() => setAsking("close")}>
            <CircleX size={16} aria-hidden /> Close pull request
          </Button>
          <Button look="primary" disabled={!hasChanges} onClick={() => setAsking("merge")}>
            <GitMerge size={16} aria-hidden /> Merge pull request
          </Button>
        </div>
      )}
      {pull.status === "merged" && pull.merged_commit_id && (
        <p>
          Merged{pull.closed_date && <> <Time at={Date.parse(pull.closed_date) / 1000} /></>} by the commit{" "}
          <Link className="mono" to={commitAddress(repository.id, pull.merged_commit_id)}>
            {shortId(pull.merged_commit_id)}
          </Link>
          .
        </p>
      )}
      {isOpen && (
        <ChangeTree
          source={{
            key: ["diff", repository.id, destination, source, "tree"],
            fetch: (prefix, after, signal) =>
              diffRefs(repository.id, destination, source, { prefix, after, delimiter: "/", signal }),
            sides: { repository: repository.id, left: destination, right: source, isThreeDot: true },
            address: (diff) => objectAddress(repository.id, diff.type === "removed" ? destination : source, diff.path),
          }}
          title={
            <h2 className="break">
              {destination}...{source}/
            </h2>
          }
          empty={
            <Empty icon={GitPullRequest} title="No changes">
              <p>{destination} has all that {source} has: there is nothing to merge.</p>
            </Empty>
          }
        />
      )}
      <Confirm
        title={asking === "merge" ? "Merge this pull request?" : "Close this pull request?"}
        open={asking !== null}
        onClose={() => setAsking(null)}
        onConfirm={act}
      >
        <p>
          {asking === "merge" ? `The changes of ${source} will be committed to ${destination}.` : "Nothing is merged; it can not be opened again."}
        </p>
      </Confirm>
    </div>
  );
}
