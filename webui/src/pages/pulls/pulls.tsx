import { GitPullRequest } from "lucide-react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { usePagedList } from "../../api/pages";
import { listPulls } from "../../api/pulls";
import { newPullAddress, pullAddress, pullsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { LinkButton } from "../../ui/button";
import { Empty, ListStates } from "../../ui/states";
import { Time } from "../../ui/values";
import "../commits/commits.css";
import { PullBadge } from "./pull-badge";

const states = ["open", "closed"] as const;

export default function PullsPage() {
  const repository = useRepository();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const state = parameters.get("state") === "closed" ? "closed" : "open";
  const list = usePagedList(["pulls", repository.id, state], (after, signal) => listPulls(repository.id, state, after, signal));
  return (
    <>
      <div className="page-head">
        <div className="tabs" role="tablist" aria-label="State">
          {states.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              aria-selected={each === state}
              onClick={() => void navigate(pullsAddress(repository.id, each))}
            >
              {each === "open" ? "Open" : "Closed"}
            </button>
          ))}
        </div>
        {!repository.read_only && (
          <LinkButton look="primary" to={newPullAddress(repository.id, repository.default_branch, "")}>
            Create Pull Request
          </LinkButton>
        )}
      </div>
      <div className="card">
        <ListStates
          list={list}
          empty={
            <Empty icon={GitPullRequest} title={state === "open" ? "No open pull requests" : "No closed pull requests"}>
              <p>A pull request proposes to merge a branch, so that somebody can look at the changes first.</p>
            </Empty>
          }
        >
          {(rows) => (
            <ul className="list-group">
              {rows.map((pull) => (
                <li key={pull.id} className="list-group-item">
                  <div className="clearfix">
                    <div className="grow">
                      <h6>
                        <Link to={pullAddress(repository.id, pull.id)}>{pull.title}</Link>
                        {pull.status !== "open" && <PullBadge status={pull.status} />}
                      </h6>
                      <p className="soft small break">
                        {pull.destination_branch} ← {pull.source_branch} · {pull.author} ·{" "}
                        <Time at={Date.parse(pull.creation_date) / 1000} />
                      </p>
                    </div>
                  </div>
                </li>
              ))}
            </ul>
          )}
        </ListStates>
      </div>
    </>
  );
}
