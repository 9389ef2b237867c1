import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { commitQuery, revertCommit } from "../../api/refs";
import { count, shortId } from "../../lib/format";
import { commitAddress, commitsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { Button, LinkButton } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { CheckBox, MetadataFields, type Pair, pairsError, pairsToMetadata, TextArea } from "../../ui/field";
import { Failure, Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { Time } from "../../ui/values";
import "./commits.css";

/** Takes commits back on a branch, one after the other, by commits that say so. */
export default function RevertPage() {
  const repository = useRepository();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { branch = "" } = useParams();
  const [parameters] = useSearchParams();
  const ids = (parameters.get("commits") ?? "").split(",").filter(Boolean);
  const commits = useQueries({ queries: ids.map((id) => commitQuery(repository.id, id)) });
  const [message, setMessage] = useState("");
  const [pairs, setPairs] = useState<Pair[]>([]);
  const [allowEmpty, setAllowEmpty] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const single = ids.length === 1;
  const wrong = single ? pairsError(pairs) : null;
  const failed = commits.find((commit) => commit.error);
  const loaded = commits.flatMap(({ data }) => (data ? [data] : []));

  const apply = async () => {
    for (const commit of loaded) {
      await revertCommit(repository.id, branch, {
        ref: commit.id,
        // Against the first parent; a commit with one has no other.
        parent_number: commit.parents.length > 1 ? 1 : 0,
        allow_empty: allowEmpty,
        ...(single && (message || pairs.length > 0)
          ? { commit_overrides: { ...(message && { message }), metadata: pairsToMetadata(pairs) } }
          : {}),
      });
    }
    await client.invalidateQueries();
    tell(`${count(loaded.length, "commit")} reverted on ${branch}.`);
    void navigate(commitsAddress(repository.id, branch));
  };

  return (
    <div className="stack">
      <h1>Revert Commits</h1>
      <p className="soft">
        On branch <strong>{branch}</strong>. Each revert is a new commit; nothing is removed from the history.
      </p>
      {failed?.error && <Failure error={failed.error} />}
      <div className="card">
        <div className="card-head">
          <h2>Commits to Revert (in order)</h2>
        </div>
        {loaded.length < ids.length && !failed ? (
          <Loading lines={ids.length} />
        ) : (
          <ol className="list-group">
            {loaded.map((commit) => (
              <li key={commit.id} className="list-group-item">
                <div className="clearfix">
                  <div className="grow">
                    <h3 className="break">{commit.message || "(no message)"}</h3>
                    <p className="soft small">
                      {commit.committer} · <Time at={commit.creation_date} />
                    </p>
                  </div>
                  <Link className="commit-id" to={commitAddress(repository.id, commit.id)}>
                    {shortId(commit.id)}
                  </Link>
                </div>
              </li>
            ))}
          </ol>
        )}
      </div>
      <div className="card padded stack">
        {single ? (
          <>
            <TextArea
              label="Message"
              placeholder="Describe the revert"
              hint="Empty: “Revert” and the ID of the commit."
              value={message}
              onChange={(event) => setMessage(event.target.value)}
            />
            <MetadataFields pairs={pairs} onChange={setPairs} />
            {wrong && <p className="soft small">{wrong}</p>}
          </>
        ) : (
          <p className="soft">Each gets the message “Revert” with the ID of its commit.</p>
        )}
        <CheckBox
          label="Allow empty commit"
          hint="if its changes were taken back already"
          checked={allowEmpty}
          onChange={(event) => setAllowEmpty(event.target.checked)}
        />
        <div className="row end">
          <LinkButton to={commitsAddress(repository.id, branch)}>Cancel</LinkButton>
          <Button look="primary" disabled={loaded.length === 0 || loaded.length < ids.length || wrong !== null} onClick={() => setAsking(true)}>
            Apply
          </Button>
        </div>
      </div>
      <Confirm title="Revert" open={isAsking} onClose={() => setAsking(false)} onConfirm={apply}>
        <p>
          Are you sure you want to revert {count(loaded.length, "commit")} on {branch}?
        </p>
      </Confirm>
    </div>
  );
}
