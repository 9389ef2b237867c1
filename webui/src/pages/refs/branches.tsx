import { useQueryClient } from "@tanstack/react-query";
import { GitBranch, Plus, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { usePagedList } from "../../api/pages";
import { createBranch, deleteBranch, listBranches } from "../../api/refs";
import { useIsProtected } from "../../api/repositories";
import type { Ref } from "../../api/types";
import { branchNameError } from "../../lib/names";
import { RefPicker } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { Button } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { CheckBox, Field, SearchBox } from "../../ui/field";
import { Empty, ListStates } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { RefTable } from "./ref-table";

export default function BranchesPage() {
  const repository = useRepository();
  const queries = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const prefix = parameters.get("prefix") ?? "";
  const [hidden, setHidden] = useState(false);
  const [isCreating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Ref | null>(null);
  const list = usePagedList(
    ["refs", repository.id, "branch", prefix, hidden],
    (after, signal) => listBranches(repository.id, { prefix, after, hidden, signal }),
    { keepPrevious: true },
  );
  const isProtected = useIsProtected(repository.id);
  const refresh = () => queries.invalidateQueries({ queryKey: ["refs", repository.id] });
  return (
    <>
      <div className="page-head">
        <h1>Branches</h1>
        {!repository.read_only && (
          <Button look="primary" onClick={() => setCreating(true)}>
            <Plus size={16} aria-hidden /> Create Branch
          </Button>
        )}
      </div>
      <div className="stack">
        <div className="row wrap">
          <SearchBox
            label="Name begins with"
            value={prefix}
            onChange={(event) => setParameters(event.target.value ? { prefix: event.target.value } : {}, { replace: true })}
          />
          <CheckBox label="Show hidden" checked={hidden} onChange={(event) => setHidden(event.target.checked)} />
        </div>
        <div className="card">
          <ListStates
            list={list}
            empty={
              <Empty icon={GitBranch} title={prefix ? "Nothing begins so" : "No branches"}>
                <p>{prefix ? `No branch begins with “${prefix}”.` : "This repository is bare: it has commits but no branches yet."}</p>
              </Empty>
            }
          >
            {(rows) => (
              <RefTable
                kind="branch"
                rows={rows}
                badges={({ id }) => (
                  <>
                    {id === repository.default_branch && <span className="badge accent">default</span>}
                    {isProtected(id) && (
                      <span className="badge">
                        <ShieldCheck size={12} aria-hidden /> protected
                      </span>
                    )}
                  </>
                )}
                canDelete={({ id }) => id !== repository.default_branch && !repository.read_only}
                onDelete={setDeleting}
              />
            )}
          </ListStates>
        </div>
      </div>
      {isCreating && <CreateBranch onClose={() => setCreating(false)} onDone={refresh} />}
      <Confirm
        title="Delete this branch?"
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        onConfirm={async () => {
          if (!deleting) return;
          await deleteBranch(repository.id, deleting.id);
          await refresh();
          tell(`${deleting.id} was deleted.`);
        }}
      >
        <p className="break">
          <strong>{deleting?.id}</strong> will be gone, and with it what was not committed there. Its commits stay as
          long as something leads to them.
        </p>
      </Confirm>
    </>
  );
}

function CreateBranch({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<unknown> }) {
  const repository = useRepository();
  const [name, setName] = useState("");
  const [source, setSource] = useState({ id: repository.default_branch, kind: "branch" as "branch" | "tag" | "commit" });
  const wrong = name ? branchNameError(name) : null;
  return (
    <FormDialog
      title="Create a branch"
      open
      onClose={onClose}
      submit="Create"
      disabled={name === "" || wrong !== null}
      onSubmit={async () => {
        await createBranch(repository.id, name, source.id);
        await onDone();
        tell(`${name} was created from ${source.id}.`);
      }}
    >
      <Field
        label="Name"
        placeholder="Branch Name"
        value={name}
        wrong={wrong}
        onChange={(event) => setName(event.target.value)}
        hint="It costs nothing: no object is copied."
      />
      <div className="field">
        <span className="label">From</span>
        <div>
          <RefPicker repository={repository.id} value={source} onPick={setSource} />
        </div>
      </div>
    </FormDialog>
  );
}
