// What belongs to something else: members of a group, groups of a user, policies of either.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type LucideIcon, Plus, X } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { accessKey, type ListOptions } from "../../api/access";
import { fetchAll, usePagedList } from "../../api/pages";
import type { Page } from "../../api/types";
import { count } from "../../lib/format";
import { Button, IconButton } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { SearchBox } from "../../ui/field";
import { Empty, Failure, ListStates, Loading } from "../../ui/states";

type Named = { id: string };
type List = (options: ListOptions) => Promise<Page<Named>>;

export interface AttachedProps {
  /** To what they belong. */
  owner: string;
  /** "Members" */
  title: string;
  one: string;
  many: string;
  icon: LucideIcon;
  /** "Add" or "Attach". */
  verb: string;
  list: List;
  /** All that there are, to choose from. */
  candidates: List;
  address: (id: string) => string;
  attach: (id: string) => Promise<unknown>;
  detach: (id: string) => Promise<unknown>;
}

export function Attached(props: AttachedProps) {
  const { owner, title, one, many, icon, verb, address, detach } = props;
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const list = usePagedList<Named>([accessKey, "attached", title, owner], (after, signal) => props.list({ after, signal }));
  const refresh = () => queries.invalidateQueries({ queryKey: [accessKey] });
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <Button onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden /> {verb} {many}
        </Button>
      </div>
      <ListStates list={list} empty={<Empty icon={icon} title={`No ${many}`} />}>
        {(rows) => (
          <ul className="rules">
            {rows.map(({ id }) => (
              <li key={id}>
                <Link className="cut" to={address(id)}>
                  {id}
                </Link>
                <IconButton label={`Remove ${id}`} onClick={() => setRemoving(id)}>
                  <X size={16} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </ListStates>
      {isAdding && <AddDialog {...props} onClose={() => setAdding(false)} onDone={refresh} />}
      <Confirm
        title={`Remove this ${one}?`}
        open={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={async () => {
          await detach(removing ?? "");
          await refresh();
        }}
      >
        <p className="break">
          {removing} is taken from {owner}. It is not deleted.
        </p>
      </Confirm>
    </section>
  );
}

const attachedMax = 10_000;
const candidatesShown = 100;

function AddDialog({ owner, title, one, many, verb, list, candidates, attach, onClose, onDone }: AttachedProps & { onClose: () => void; onDone: () => Promise<void> }) {
  const [prefix, setPrefix] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const there = useQuery({
    queryKey: [accessKey, "attached", title, owner, "all"],
    queryFn: async ({ signal }) => (await fetchAll((after) => list({ after, amount: 1000, signal }), attachedMax)).rows,
  });
  const found = useQuery({
    queryKey: [accessKey, "candidates", many, prefix],
    queryFn: ({ signal }) => candidates({ prefix, amount: candidatesShown, signal }),
    placeholderData: (previous) => previous,
  });
  const taken = new Set(there.data?.map(({ id }) => id));
  const offered = found.data?.results.filter(({ id }) => !taken.has(id));
  return (
    <FormDialog
      title={`${verb} ${many} to ${owner}`}
      open
      onClose={onClose}
      submit={chosen.length > 1 ? `${verb} ${count(chosen.length, one, many)}` : verb}
      disabled={chosen.length === 0}
      onSubmit={async () => {
        try {
          for (const id of chosen) {
            await attach(id);
            setChosen((rest) => rest.filter((other) => other !== id));
          }
        } finally {
          await onDone();
        }
      }}
    >
      <SearchBox label="Name begins with…" value={prefix} onChange={(event) => setPrefix(event.target.value)} />
      {found.error ?? there.error ? (
        <Failure error={found.error ?? there.error} />
      ) : !offered || !there.data ? (
        <Loading lines={3} />
      ) : offered.length === 0 ? (
        <p className="soft">There are no others{prefix && " whose names begin so"}.</p>
      ) : (
        <ul className="candidates" aria-label="To choose from">
          {offered.map(({ id }) => (
            <li key={id}>
              <label className="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={(event) => setChosen(event.target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))}
                />
                <span className="break">{id}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      {found.data?.pagination.has_more && <p className="soft small">There are more: type how the name begins.</p>}
    </FormDialog>
  );
}
