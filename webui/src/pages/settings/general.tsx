import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { deleteRepository } from "../../api/repositories";
import { formatTime } from "../../lib/format";
import { repositoriesAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { Button } from "../../ui/button";
import { FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { tell } from "../../ui/toasts";

export function General() {
  const repository = useRepository();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  return (
    <div className="stack wide">
      <section className="card padded stack" aria-label="Repository">
        <h1>General</h1>
        <dl className="facts">
          <dt>Repository</dt>
          <dd>{repository.id}</dd>
          <dt>Default branch</dt>
          <dd>{repository.default_branch}</dd>
          <dt>Storage namespace</dt>
          <dd className="mono">{repository.storage_namespace}</dd>
          {repository.storage_id && (
            <>
              <dt>Storage</dt>
              <dd className="mono">{repository.storage_id}</dd>
            </>
          )}
          <dt>Created</dt>
          <dd>{formatTime(repository.creation_date)}</dd>
          <dt>Writing</dt>
          <dd>{repository.read_only ? "read-only" : "allowed"}</dd>
        </dl>
      </section>
      {!repository.read_only && (
        <section className="card padded stack" aria-label="Deletion">
          <h2>Delete this repository</h2>
          <p className="soft">Its branches, tags and history are lost. The objects stay in the store.</p>
          <div>
            <Button look="danger" onClick={() => setAsking(true)}>
              <Trash2 size={16} aria-hidden /> Delete Repository
            </Button>
          </div>
        </section>
      )}
      {isAsking && (
        <FormDialog
          title={`Delete ${repository.id}?`}
          open
          danger
          submit="I understand the consequences, delete this repository"
          disabled={typed !== repository.id}
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            await deleteRepository(repository.id);
            void navigate(repositoriesAddress, { replace: true });
            await queries.invalidateQueries({ queryKey: ["repositories"] });
            queries.removeQueries({ queryKey: ["repository", repository.id] });
            tell(`${repository.id} was deleted.`);
          }}
        >
          <p>This cannot be undone.</p>
          <Field label={`Type ${repository.id} to confirm`} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </FormDialog>
      )}
    </div>
  );
}
