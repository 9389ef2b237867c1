import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Tags, X } from "lucide-react";
import { useState } from "react";
import { deleteRepositoryMetadata, repositoryMetadataQuery, setRepositoryMetadata } from "../../api/settings";
import { useRepository } from "../../shell/repository-frame";
import { Button, IconButton } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Empty, Failure, Loading } from "../../ui/states";
import type { Pair } from "../../ui/field";

/** What is written of the repository itself, as keys and values. */
export function RepositoryMetadata() {
  const repository = useRepository();
  const query = useQuery(repositoryMetadataQuery(repository.id));
  const queries = useQueryClient();
  const [editing, setEditing] = useState<Pair | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const pairs = Object.entries(query.data ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
  const refresh = () => queries.invalidateQueries({ queryKey: repositoryMetadataQuery(repository.id).queryKey });
  const isChangeable = !repository.read_only;
  return (
    <section className="stack" aria-label="Metadata">
      <div className="row apart">
        <h1>Metadata</h1>
        {isChangeable && (
          <Button look="primary" disabled={!query.data} onClick={() => setEditing(["", ""])}>
            <Plus size={16} aria-hidden /> Add
          </Button>
        )}
      </div>
      <p className="soft">Keys and values of the repository itself: an owner, a contact, what programs want to find here.</p>
      <div className="card">
        {query.error ? (
          <Failure error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <Loading lines={2} />
        ) : pairs.length === 0 ? (
          <Empty icon={Tags} title="Nothing is written" />
        ) : (
          <table className="table metadata-table">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {pairs.map(([key, value]) => (
                <tr key={key}>
                  <td className="mono">{key}</td>
                  <td>{value}</td>
                  <td>
                    {isChangeable && (
                      <div className="row end">
                        <IconButton label="Change" onClick={() => setEditing([key, value])}>
                          <Pencil size={15} />
                        </IconButton>
                        <IconButton label="Remove" onClick={() => setRemoving(key)}>
                          <X size={16} />
                        </IconButton>
                      </div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {editing && (
        <PairDialog
          pair={editing}
          taken={pairs.map(([key]) => key)}
          onClose={() => setEditing(null)}
          onStore={async ([key, value]) => {
            await setRepositoryMetadata(repository.id, { [key]: value });
            await refresh();
          }}
        />
      )}
      <Confirm
        title="Remove this key?"
        open={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={async () => {
          await deleteRepositoryMetadata(repository.id, [removing ?? ""]);
          await refresh();
        }}
      >
        <p>
          <code>{removing}</code> and its value are lost.
        </p>
      </Confirm>
    </section>
  );
}

interface PairDialogProps {
  /** With an empty key for a new one. */
  pair: Pair;
  taken: string[];
  onClose: () => void;
  onStore: (pair: Pair) => Promise<void>;
}

function PairDialog({ pair, taken, onClose, onStore }: PairDialogProps) {
  const [key, setKey] = useState(pair[0]);
  const [value, setValue] = useState(pair[1]);
  const isNew = pair[0] === "";
  const wrong = isNew && taken.includes(key.trim()) ? "This key is there already: change it instead." : null;
  return (
    <FormDialog
      title={isNew ? "Add metadata" : `Change ${pair[0]}`}
      open
      onClose={onClose}
      submit={isNew ? "Add" : "Change"}
      disabled={key.trim() === "" || wrong !== null}
      onSubmit={() => onStore([key.trim(), value])}
    >
      {isNew && <Field label="Key" value={key} wrong={wrong} onChange={(event) => setKey(event.target.value)} />}
      <Field label="Value" value={value} onChange={(event) => setValue(event.target.value)} />
    </FormDialog>
  );
}
