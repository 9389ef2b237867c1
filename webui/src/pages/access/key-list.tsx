import { useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { accessKey, createKey, deleteKey, listKeys } from "../../api/access";
import { isStatus } from "../../api/client";
import { usePagedList } from "../../api/pages";
import type { Credentials } from "../../api/types";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { Empty, ListStates } from "../../ui/states";
import { Time } from "../../ui/values";
import { KeyDownload, KeyView } from "../session/key-view";

interface KeyListProps {
  user: string;
  /** Instead of the list, on a server that cannot tell the keys of a user. */
  unlisted?: ReactNode;
}

/** The keys of a user; a new one shows its secret once. */
export function KeyList({ user, unlisted }: KeyListProps) {
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<Credentials | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const list = usePagedList([accessKey, "keys", user], (after, signal) => listKeys(user, { after, signal }));
  const refresh = () => queries.invalidateQueries({ queryKey: [accessKey] });
  if (unlisted && isStatus(list.error, 501)) return unlisted;
  return (
    <section className="card" aria-label="Access keys">
      <div className="card-head">
        <h2>Access keys</h2>
        <Button onClick={() => setAsking(true)}>
          <Plus size={16} aria-hidden /> Create Access Key
        </Button>
      </div>
      <ListStates
        list={list}
        empty={
          <Empty icon={KeyRound} title="No access keys">
            <p>A key is what programs, S3 clients and the login page need.</p>
          </Empty>
        }
      >
        {(keys) => (
          <table className="table key-list">
            <thead>
              <tr>
                <th scope="col">Access Key ID</th>
                <th scope="col">Issued</th>
                <th scope="col">
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.map(({ access_key_id, creation_date }) => (
                <tr key={access_key_id}>
                  <td className="mono cut">{access_key_id}</td>
                  <td className="soft">
                    <Time at={creation_date} />
                  </td>
                  <td className="end">
                    <Button small onClick={() => setRemoving(access_key_id)}>
                      Revoke
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListStates>
      <Confirm
        title="Create an access key?"
        open={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          setMade(await createKey(user));
          await refresh();
        }}
      >
        <p>Its secret is shown once, then never again.</p>
      </Confirm>
      {made && (
        <Dialog title="The new access key" open onClose={() => setMade(null)} steady footer={<KeyFooter credentials={made} onClose={() => setMade(null)} />}>
          <div className="stack">
            <p>The secret is shown only now: keep it in a safe place.</p>
            <KeyView credentials={made} />
          </div>
        </Dialog>
      )}
      <Confirm
        title="Revoke this key?"
        open={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={async () => {
          await deleteKey(user, removing ?? "");
          await refresh();
        }}
      >
        <p className="break">
          Whoever uses <code>{removing}</code> is refused from then on.
        </p>
      </Confirm>
    </section>
  );
}

function KeyFooter({ credentials, onClose }: { credentials: Credentials; onClose: () => void }) {
  return (
    <>
      <KeyDownload credentials={credentials} />
      <Button look="primary" onClick={onClose}>
        Close
      </Button>
    </>
  );
}
