import { FileText, X, Zap } from "lucide-react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { actionsFolder, type ActionRun, listRuns, pollMs } from "../../api/actions";
import { usePagedList } from "../../api/pages";
import { runTime, timeOf } from "../../lib/action-runs";
import { shortId } from "../../lib/format";
import { actionsAddress, commitAddress, objectsAddress, runAddress } from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { Button, LinkButton } from "../../ui/button";
import { Empty, ListStates } from "../../ui/states";
import { Time } from "../../ui/values";
import "./actions.css";
import { RunStatusBadge } from "./run-status";

const example = `name: Check of messages
on:
  pre-commit:
    branches: [main]
hooks:
  - id: has-ticket
    type: lua
    properties:
      script: |
        if not action.commit.message:find("#%d+") then
          error("a message needs a ticket, like #42")
        end`;

/** What actions did in the repository, the latest first. */
export default function RunsPage() {
  const repository = useRepository();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const branch = parameters.get("branch") ?? "";
  const commit = branch ? "" : (parameters.get("commit") ?? "");
  const isFiltered = branch !== "" || commit !== "";
  const list = usePagedList(
    ["runs", repository.id, "list", branch, commit],
    (after, signal) => listRuns(repository.id, { branch, commit }, { after, signal }),
    { again: { while: ({ status }) => status === "running", ms: pollMs } },
  );
  return (
    <>
      <div className="page-head">
        <div className="row wrap">
          <RefPicker
            repository={repository.id}
            label="Of: "
            value={branch ? { id: branch, kind: "branch" } : commit ? { id: commit, kind: "commit" } : { id: "all branches", kind: "branch" }}
            onPick={({ id, kind }) =>
              void navigate(actionsAddress(repository.id, kind === "branch" ? { branch: id } : { commit: id }))
            }
          />
          {isFiltered && (
            <Button look="quiet" onClick={() => void navigate(actionsAddress(repository.id))}>
              <X size={15} aria-hidden /> All runs
            </Button>
          )}
        </div>
        <LinkButton to={objectsAddress(repository.id, repository.default_branch, actionsFolder)}>
          <FileText size={16} aria-hidden /> Action files
        </LinkButton>
      </div>
      <div className="card">
        <ListStates
          list={list}
          empty={
            isFiltered ? (
              <Empty icon={Zap} title="No runs">
                <p>No action ran for {branch || shortId(commit)}.</p>
              </Empty>
            ) : (
              <Empty icon={Zap} title="No action has run yet">
                <p>
                  Actions check or tell of commits, merges, branches and tags. Each is a file in {actionsFolder} of a branch:
                </p>
                {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls where there is no room */}
                <pre className="action-example" tabIndex={0}>
                  {example}
                </pre>
              </Empty>
            )
          }
        >
          {(rows) => (
            <table className="table runs">
              <thead>
                <tr>
                  <th scope="col">Run</th>
                  <th scope="col">Status</th>
                  <th scope="col" className="narrow-off">
                    Branch
                  </th>
                  <th scope="col" className="narrow-off">
                    Commit
                  </th>
                  <th scope="col">Started</th>
                  <th scope="col" className="end narrow-off">
                    Took
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((run) => (
                  <Row key={run.run_id} repository={repository.id} run={run} />
                ))}
              </tbody>
            </table>
          )}
        </ListStates>
      </div>
    </>
  );
}

function Row({ repository, run }: { repository: string; run: ActionRun }) {
  return (
    <tr>
      <td>
        <Link className="cut" to={runAddress(repository, run.run_id)}>
          {run.event_type}
          <span className="hidden"> run {run.run_id}</span>
        </Link>
      </td>
      <td>
        <RunStatusBadge status={run.status} />
      </td>
      <td className="cut narrow-off">
        <Link to={actionsAddress(repository, { branch: run.branch })}>{run.branch}</Link>
      </td>
      <td className="mono narrow-off">
        {run.commit_id ? <Link to={commitAddress(repository, run.commit_id)}>{shortId(run.commit_id)}</Link> : <span className="soft">refused</span>}
      </td>
      <td className="soft">
        <Time at={timeOf(run.start_time)} />
      </td>
      <td className="end number soft narrow-off">{runTime(run.start_time, run.end_time)}</td>
    </tr>
  );
}
