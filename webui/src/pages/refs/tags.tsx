import { useQueryClient } from "@tanstack/react-query";
import { Plus, Tag } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { usePagedList } from "../../api/pages";
import { createTag, deleteTag, listTags } from "../../api/refs";
import type { Ref } from "../../api/types";
import { RefPicker } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { Button } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { Field, SearchBox } from "../../ui/field";
import { Empty, ListStates } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { RefTable } from "./ref-table";

export default function TagsPage() {
  const repository = useRepository();
  const queries = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const prefix = parameters.get("prefix") ?? "";
  const [isCreating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Ref | null>(null);
  const list = usePagedList(
    ["refs", repository.id, "tag", prefix],
    (after, signal) => listTags(repository.id, { prefix, after, signal }),
    { keepPrevious: true },
  );
  const refresh = () => queries.invalidateQueries({ queryKey: ["refs", repository.id] });
  const create = !repository.read_only && (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus size={16} aria-hidden /> Create Tag
    </Button>
  );
  return (
    <>
      <div className="page-head">
        <h1>Tags</h1>
        {create}
      </div>
      <div className="stack">
        <SearchBox
          label="Name begins with"
          value={prefix}
          onChange={(event) => setParameters(event.target.value ? { prefix: event.target.value } : {}, { replace: true })}
        />
        <div className="card">
          <ListStates
            list={list}
            empty={
              <Empty icon={Tag} title={prefix ? "Nothing begins so" : "No tags yet"}>
                <p>
                  {prefix
                    ? `No tag begins with “${prefix}”.`
                    : "A tag gives a commit a name that stays: what a report was made from, what was released."}
                </p>
              </Empty>
            }
          >
            {(rows) => <RefTable kind="tag" rows={rows} canDelete={() => !repository.read_only} onDelete={setDeleting} />}
          </ListStates>
        </div>
      </div>
      {isCreating && <CreateTag onClose={() => setCreating(false)} onDone={refresh} />}
      <Confirm
        title="Delete this tag?"
        open={deleting !== null}
        onClose={() => setDeleting(null)}
        onConfirm={async () => {
          if (!deleting) return;
          await deleteTag(repository.id, deleting.id);
          await refresh();
          tell(`${deleting.id} was deleted.`);
        }}
      >
        <p className="break">
          <strong>{deleting?.id}</strong> will be gone; the commit that it names stays.
        </p>
      </Confirm>
    </>
  );
}

function CreateTag({ onClose, onDone }: { onClose: () => void; onDone: () => Promise<unknown> }) {
  const repository = useRepository();
  const [name, setName] = useState("");
  const [source, setSource] = useState({ id: repository.default_branch, kind: "branch" as "branch" | "tag" | "commit" });
  return (
    <FormDialog
      title="Create a tag"
      open
      onClose={onClose}
      submit="Create"
      disabled={name === ""}
      onSubmit={async () => {
        await createTag(repository.id, name, source.id);
        await onDone();
        tell(`${name} was created.`);
      }}
    >
      <Field label="Name" placeholder="Tag Name" value={name} onChange={(event) => setName(event.target.value)} />
      <div className="field">
        <span className="label">Of</span>
        <div>
          <RefPicker repository={repository.id} value={source} onPick={setSource} />
        </div>
      </div>
    </FormDialog>
  );
}
