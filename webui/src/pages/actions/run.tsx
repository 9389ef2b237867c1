import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, FileText, Zap } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useParams } from "react-router";
import { actionFilesQuery, type ActionRun, type HookRun, hooksQuery, outputQuery, runQuery } from "../../api/actions";
import { isStatus } from "../../api/client";
import { runTime, timeOf } from "../../lib/action-runs";
import { shortId } from "../../lib/format";
import { actionsAddress, commitAddress, objectAddress, objectsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { LinkButton } from "../../ui/button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Time } from "../../ui/values";
import "./actions.css";
import { RunStatusBadge } from "./run-status";

/** One run: its hooks by action, and what each printed. */
export default function RunPage() {
  const { id: repository } = useRepository();
  const { run: id = "" } = useParams();
  const run = useQuery(runQuery(repository, id));
  const queries = useQueryClient();
  const isRunning = run.data?.status === "running";
  // What hooks did and printed after they were last asked for.
  useEffect(() => {
    if (isRunning) return () => void queries.invalidateQueries({ queryKey: ["runs", repository, id] });
  }, [isRunning, queries, repository, id]);
  if (isStatus(run.error, 404)) {
    return (
      <div className="card">
        <Empty icon={Zap} title="There is no such run" actions={<LinkButton to={actionsAddress(repository)}>All runs</LinkButton>}>
          <p>It may have been removed, as old runs are.</p>
        </Empty>
      </div>
    );
  }
  if (run.error) return <Failure error={run.error} retry={() => void run.refetch()} />;
  if (!run.data) return <Loading />;
  return (
    <div className="stack">
      <Summary repository={repository} run={run.data} />
      <Hooks repository={repository} run={run.data} />
    </div>
  );
}

function Summary({ repository, run }: { repository: string; run: ActionRun }) {
  const took = runTime(run.start_time, run.end_time);
  return (
    <div className="card padded stack">
      <div className="row wrap">
        <h1>{run.event_type}</h1>
        <RunStatusBadge status={run.status} />
        {took && <span className="soft">in {took}</span>}
      </div>
      <dl className="facts">
        <dt>Branch</dt>
        <dd>
          <Link to={objectsAddress(repository, run.branch)}>{run.branch}</Link>
        </dd>
        <dt>Commit</dt>
        <dd>
          {run.commit_id ? (
            <Link className="mono" to={commitAddress(repository, run.commit_id)}>
              {shortId(run.commit_id)}
            </Link>
          ) : (
            "refused: there is none"
          )}
        </dd>
        <dt>Started</dt>
        <dd>
          <Time at={timeOf(run.start_time)} />
        </dd>
        <dt>Run</dt>
        <dd className="mono">{run.run_id}</dd>
      </dl>
    </div>
  );
}

function Hooks({ repository, run }: { repository: string; run: ActionRun }) {
  const isRunning = run.status === "running";
  const hooks = useQuery(hooksQuery(repository, run.run_id, isRunning));
  // What the run read; for a refused commit the branch, where the file may have changed since.
  const ref = run.commit_id || run.branch;
  const files = useQuery(actionFilesQuery(repository, ref));
  if (hooks.error) return <Failure error={hooks.error} retry={() => void hooks.refetch()} />;
  if (!hooks.data) return <Loading />;
  const actions = new Map<string, HookRun[]>();
  for (const hook of hooks.data) actions.set(hook.action, [...(actions.get(hook.action) ?? []), hook]);
  if (actions.size === 0) return <p className="soft">This run has no hooks.</p>;
  return [...actions].map(([action, runs]) => {
    const file = files.data?.get(action);
    return (
      <section key={action} className="card" aria-label={action}>
        <div className="card-head">
          <h2>{action}</h2>
          {file && (
            <Link className="row" to={objectAddress(repository, ref, file)}>
              <FileText size={15} aria-hidden /> Its file
            </Link>
          )}
        </div>
        {runs.map((hook) => (
          <Hook key={hook.hook_run_id} repository={repository} run={run.run_id} hook={hook} isOpenAtFirst={hook.status === "failed"} isRunning={isRunning} />
        ))}
      </section>
    );
  });
}

interface HookProps {
  repository: string;
  run: string;
  hook: HookRun;
  isOpenAtFirst: boolean;
  isRunning: boolean;
}

function Hook({ repository, run, hook, isOpenAtFirst, isRunning }: HookProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div className="hook">
      <button type="button" className="hook-head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Chevron size={15} aria-hidden />
        <span className="cut grow">{hook.hook_id}</span>
        <span className="soft small number">{runTime(hook.start_time, hook.end_time)}</span>
        <RunStatusBadge status={hook.status} />
      </button>
      {isOpen && <Output repository={repository} run={run} hook={hook} isRunning={isRunning} />}
    </div>
  );
}

function Output({ repository, run, hook, isRunning }: Omit<HookProps, "isOpenAtFirst">) {
  const output = useQuery(outputQuery(repository, run, hook.hook_run_id, isRunning));
  if (output.error) return <Failure error={output.error} retry={() => void output.refetch()} />;
  if (output.data === undefined) return <Loading lines={3} />;
  if (output.data === "") return <p className="soft small hook-none">{hook.status === "skipped" ? "It was skipped." : "It printed nothing."}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <pre className="hook-output" role="region" aria-label={`Output of ${hook.hook_id}`} tabIndex={0}>
      {output.data}
    </pre>
  );
}
