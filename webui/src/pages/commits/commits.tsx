import { useQuery } from "@tanstack/react-query";
import { Copy, FolderOpen, GitBranch, GitCommitHorizontal, Tag } from "lucide-react";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import { fetchAll, usePagedList } from "../../api/pages";
import { listBranches, listTags, logCommits } from "../../api/refs";
import type { Commit, Ref } from "../../api/types";
import { commitGraph, type GraphRow } from "../../lib/commit-graph";
import { shortId } from "../../lib/format";
import { lakefsUri } from "../../lib/paths";
import { commitAddress, commitsAddress, objectsAddress, revertAddress } from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { Button, IconButton } from "../../ui/button";
import { Empty, ListStates } from "../../ui/states";
import { tell, tellError } from "../../ui/toasts";
import { copyText, Time } from "../../ui/values";
import { useAddressedRef } from "../objects/use-ref";
import "./commits.css";
import { GraphCell, graphWidth } from "./graph";

const refsMost = 3000;

export default function CommitsPage() {
  const { repository, ref, resolved } = useAddressedRef();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string[] | null>(null);
  const list = usePagedList(["log", repository.id, ref], (after, signal) => logCommits(repository.id, ref, { after, signal }));
  const tags = useQuery({
    queryKey: ["refs", repository.id, "tag", "by commit"],
    queryFn: async ({ signal }) => {
      const { rows } = await fetchAll((after) => listTags(repository.id, { after, amount: 1000, signal }), refsMost);
      return namesByCommit(rows);
    },
  });
  const branches = useQuery({
    queryKey: ["refs", repository.id, "branch", "by commit"],
    queryFn: async ({ signal }) => {
      const { rows } = await fetchAll((after) => listBranches(repository.id, { after, amount: 1000, signal }), refsMost);
      return namesByCommit(rows);
    },
  });
  const graph = useMemo(() => commitGraph(list.rows), [list.rows]);
  const width = graphWidth(graph);
  const canRevert = resolved.data?.kind === "branch" && !repository.read_only;
  return (
    <>
      <div className="page-head">
        <RefPicker
          repository={repository.id}
          value={{ id: ref, ...(resolved.data && { kind: resolved.data.kind }) }}
          onPick={({ id }) => void navigate(commitsAddress(repository.id, id))}
        />
        {canRevert &&
          (chosen ? (
            <div className="row">
              <Button onClick={() => setChosen(null)}>Cancel</Button>
              <Button
                look="primary"
                disabled={chosen.length === 0}
                onClick={() => void navigate(revertAddress(repository.id, ref, chosen))}
              >
                Continue ({chosen.length})
              </Button>
            </div>
          ) : (
            <Button onClick={() => setChosen([])}>Revert</Button>
          ))}
      </div>
      <div className="card">
        <ListStates
          list={list}
          empty={
            <Empty icon={GitCommitHorizontal} title="No commits">
              <p>What is committed to {ref} shows here, the latest first.</p>
            </Empty>
          }
        >
          {(rows) => (
            <ul className="list-group">
              {rows.map((commit, index) => (
                <CommitRow
                  key={commit.id}
                  repository={repository.id}
                  commit={commit}
                  graph={graph[index]}
                  graphWidth={width}
                  branches={branches.data?.get(commit.id) ?? []}
                  tags={tags.data?.get(commit.id) ?? []}
                  isChosen={chosen?.includes(commit.id)}
                  onChoose={(isChosen) =>
                    setChosen((old) => (isChosen ? [...(old ?? []), commit.id] : (old ?? []).filter((id) => id !== commit.id)))
                  }
                />
              ))}
            </ul>
          )}
        </ListStates>
      </div>
    </>
  );
}

function namesByCommit(refs: Ref[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { id, commit_id } of refs) names.set(commit_id, [...(names.get(commit_id) ?? []), id]);
  return names;
}

function CommitRow({ repository, commit, graph, graphWidth: width, branches, tags, isChosen, onChoose }: {
  repository: string;
  commit: Commit;
  graph: GraphRow | undefined;
  /** Of all rows. */
  graphWidth: number;
  /** Those whose head it is. */
  branches: string[];
  tags: string[];
  /** Undefined while nothing is to be chosen. */
  isChosen: boolean | undefined;
  onChoose: (isChosen: boolean) => void;
}) {
  return (
    <li className="list-group-item">
      <div className="clearfix">
        {graph && <GraphCell row={graph} width={width} />}
        {isChosen !== undefined && (
          <input
            type="checkbox"
            aria-label={`Revert ${commit.message || shortId(commit.id)}`}
            checked={isChosen}
            onChange={(event) => onChoose(event.target.checked)}
          />
        )}
        <div className="grow">
          <h6>
            <Link to={commitAddress(repository, commit.id)}>{commit.message || "(no message)"}</Link>
            {graph?.isMerge && <span className="hidden">(a merge)</span>}
            {branches.map((branch) => (
              <span key={branch} className="badge good">
                <GitBranch size={11} aria-hidden /> {branch}
              </span>
            ))}
            {tags.map((tag) => (
              <span key={tag} className="badge accent">
                <Tag size={11} aria-hidden /> {tag}
              </span>
            ))}
          </h6>
          <p className="soft small">
            {commit.committer || "nobody"} · <Time at={commit.creation_date} />
          </p>
        </div>
        <Link className="commit-id narrow-off" to={commitAddress(repository, commit.id)}>
          {shortId(commit.id)}
        </Link>
        <IconButton
          label="Copy URI"
          onClick={() => void copyText(lakefsUri(repository, commit.id)).then(() => tell("The URI was copied."), tellError)}
        >
          <Copy size={15} />
        </IconButton>
        <Link className="button quiet icon" aria-label="Browse at this commit" title="Browse at this commit" to={objectsAddress(repository, commit.id)}>
          <FolderOpen size={16} />
        </Link>
      </div>
    </li>
  );
}
