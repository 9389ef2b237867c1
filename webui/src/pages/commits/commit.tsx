import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderOpen, GitBranch, GitCommitHorizontal, Tag, Undo2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { isStatus } from "../../api/client";
import { cherryPick, commitQuery, createBranch, createTag, diffRefs } from "../../api/refs";
import { tellLinkUsed } from "../../api/session";
import type { Commit } from "../../api/types";
import { formatTime, shortId } from "../../lib/format";
import { branchNameError } from "../../lib/names";
import {
  commitAddress,
  commitsAddress,
  objectAddress,
  objectsAddress,
  revertAddress,
} from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { LinkButton } from "../../ui/button";
import { FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { MenuItem, RowMenu } from "../../ui/menu";
import { Empty, Failure, Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { CopyButton, Time } from "../../ui/values";
import { ChangeTree } from "../compare/change-tree";
import { MetadataFact } from "../objects/object-details";
import "./commits.css";

export default function CommitPage() {
  const repository = useRepository();
  const { commit: id = "" } = useParams();
  const query = useQuery(commitQuery(repository.id, id));
  if (isStatus(query.error, 404)) {
    return (
      <div className="card">
        <Empty icon={GitCommitHorizontal} title="There is no such commit" actions={<LinkButton to={commitsAddress(repository.id)}>All commits</LinkButton>}>
          <p>No commit of this repository has the ID {shortId(id)}.</p>
        </Empty>
      </div>
    );
  }
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  return <CommitView commit={query.data} />;
}

type Doing = "tag" | "branch" | "cherry-pick" | "revert" | null;

// Link buttons of metadata: "::lakefs::NAME::url[url:ui]" leads to what made the commit.
const linkKey = /^::lakefs::(.*)::(?:url|uri)\[(?:url|uri):ui\]$/;
const isWebLink = (text: string) => /^https?:\/\//i.test(text);

function CommitView({ commit }: { commit: Commit }) {
  const repository = useRepository();
  const [doing, setDoing] = useState<Doing>(null);
  const [parent, setParent] = useState(0);
  const metadata = Object.entries(commit.metadata ?? {});
  const links = metadata.filter(([key, value]) => linkKey.test(key) && isWebLink(value));
  const facts = metadata.filter((pair) => !links.includes(pair));
  const base = commit.parents[parent];
  return (
    <div className="stack wide">
      <div className="card padded stack">
        <div className="row apart">
          <h1 className="break">{commit.message || "(no message)"}</h1>
          <RowMenu>
            <MenuItem onClick={() => setDoing("tag")}>
              <Tag size={15} /> Tag it
            </MenuItem>
            <MenuItem onClick={() => setDoing("branch")}>
              <GitBranch size={15} /> Branch from it
            </MenuItem>
            {!repository.read_only && commit.parents.length > 0 && (
              <>
                <MenuItem onClick={() => setDoing("cherry-pick")}>
                  <GitCommitHorizontal size={15} /> Cherry-pick it
                </MenuItem>
                <MenuItem onClick={() => setDoing("revert")}>
                  <Undo2 size={15} /> Revert it
                </MenuItem>
              </>
            )}
          </RowMenu>
        </div>
        <dl className="facts">
          <dt>ID</dt>
          <dd className="row">
            <span className="mono break">{commit.id}</span>
            <CopyButton text={commit.id} label="Copy ID" />
          </dd>
          <dt>Committer</dt>
          <dd>{commit.committer || "nobody"}</dd>
          <dt>Date</dt>
          <dd>
            {formatTime(commit.creation_date)} <span className="soft">(<Time at={commit.creation_date} />)</span>
          </dd>
          {commit.parents.length > 0 && (
            <>
              <dt>{commit.parents.length > 1 ? "Parents" : "Parent"}</dt>
              <dd className="row wrap">
                {commit.parents.map((id) => (
                  <Link key={id} className="commit-id" to={commitAddress(repository.id, id)}>
                    {shortId(id)}
                  </Link>
                ))}
              </dd>
            </>
          )}
          {facts.map(([key, value]) => (
            <MetadataFact key={key} name={key} value={value} />
          ))}
        </dl>
        <div className="row wrap">
          <LinkButton to={objectsAddress(repository.id, commit.id)}>
            <FolderOpen size={16} aria-hidden /> Browse at this commit
          </LinkButton>
          {links.map(([key, value]) => {
            const name = linkKey.exec(key)?.[1] ?? "";
            return (
              <a key={key} className="button" href={value} target="_blank" rel="noopener noreferrer" onClick={() => tellLinkUsed(name)}>
                Open {name} UI
              </a>
            );
          })}
        </div>
      </div>
      {base ? (
        <ChangeTree
          key={base}
          source={{
            key: ["diff", repository.id, base, commit.id],
            fetch: (prefix, after, signal) =>
              diffRefs(repository.id, base, commit.id, { prefix, after, delimiter: "/", type: "two_dot", signal }),
            sides: { repository: repository.id, left: base, right: commit.id },
            address: (diff) => objectAddress(repository.id, diff.type === "removed" ? base : commit.id, diff.path),
          }}
          title={
            <>
              <h2>Changes</h2>
              {commit.parents.length > 1 && (
                <div className="tabs" role="tablist" aria-label="Parent to compare with">
                  {commit.parents.map((id, index) => (
                    <button key={id} type="button" role="tab" aria-selected={index === parent} onClick={() => setParent(index)}>
                      to {shortId(id)}
                    </button>
                  ))}
                </div>
              )}
            </>
          }
          empty={
            <Empty icon={GitCommitHorizontal} title="No changes">
              <p>This commit holds the same objects as its parent.</p>
            </Empty>
          }
        />
      ) : (
        <p className="soft">The first commit of the repository.</p>
      )}
      {doing === "tag" && <NewRefDialog kind="tag" commit={commit} onClose={() => setDoing(null)} />}
      {doing === "branch" && <NewRefDialog kind="branch" commit={commit} onClose={() => setDoing(null)} />}
      {(doing === "cherry-pick" || doing === "revert") && <ToBranchDialog doing={doing} commit={commit} onClose={() => setDoing(null)} />}
    </div>
  );
}

function NewRefDialog({ kind, commit, onClose }: { kind: "tag" | "branch"; commit: Commit; onClose: () => void }) {
  const repository = useRepository();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const wrong = kind === "branch" && name ? branchNameError(name) : null;
  return (
    <FormDialog
      title={kind === "tag" ? "Tag this commit" : "Branch from this commit"}
      open
      onClose={onClose}
      submit="Create"
      disabled={name === "" || wrong !== null}
      onSubmit={async () => {
        if (kind === "tag") await createTag(repository.id, name, commit.id);
        else await createBranch(repository.id, name, commit.id);
        await queries.invalidateQueries({ queryKey: ["refs", repository.id] });
        tell(`${name} was created.`);
      }}
    >
      <Field
        label={kind === "tag" ? "Tag" : "Branch"}
        placeholder={kind === "tag" ? "Tag Name" : "Branch Name"}
        value={name}
        wrong={wrong}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

/** Asks for the branch that gets the commit's changes, or loses them. */
function ToBranchDialog({ doing, commit, onClose }: { doing: "cherry-pick" | "revert"; commit: Commit; onClose: () => void }) {
  const repository = useRepository();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [branch, setBranch] = useState(repository.default_branch);
  return (
    <FormDialog
      title={doing === "revert" ? "Revert this commit" : "Cherry-pick this commit"}
      open
      onClose={onClose}
      submit={doing === "revert" ? "Continue" : "Cherry-pick"}
      onSubmit={async () => {
        if (doing === "revert") {
          void navigate(revertAddress(repository.id, branch, [commit.id]));
          return;
        }
        const picked = await cherryPick(repository.id, branch, commit.id, commit.parents.length > 1 ? 1 : undefined);
        await queries.invalidateQueries();
        tell(`It is on ${branch} now.`);
        void navigate(commitAddress(repository.id, picked.id));
      }}
    >
      <p>{doing === "revert" ? "A new commit takes its changes back on" : "A new commit repeats its changes on"}</p>
      <div>
        <RefPicker repository={repository.id} value={{ id: branch, kind: "branch" }} branchesOnly onPick={({ id }) => setBranch(id)} />
      </div>
    </FormDialog>
  );
}
