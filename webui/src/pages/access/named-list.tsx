// The pages of users, groups and policies: a list to filter, to create in and to delete from.
import { useQueryClient } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { accessKey, type ListOptions } from "../../api/access";
import { usePagedList } from "../../api/pages";
import type { Page } from "../../api/types";
import { count } from "../../lib/format";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { SearchBox } from "../../ui/field";
import { Empty, ListStates } from "../../ui/states";

interface NamedListProps<Row extends { id: string }> {
  /** "Users" */
  title: string;
  /** "user" */
  one: string;
  many: string;
  icon: LucideIcon;
  list: (options: ListOptions) => Promise<Page<Row>>;
  address: (id: string) => string;
  remove: (id: string) => Promise<unknown>;
  columns: [title: string, show: (row: Row) => ReactNode][];
  /** Rows that cannot be deleted here. */
  isFixed?: (row: Row) => boolean;
  buttons: ReactNode;
}

export function NamedList<Row extends { id: string }>(props: NamedListProps<Row>) {
  const { title, one, many, icon, remove, buttons } = props;
  const queries = useQueryClient();
  const [prefix, setPrefix] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const list = usePagedList<Row>([accessKey, many, prefix], (after, signal) => props.list({ prefix, after, signal }), { keepPrevious: true });
  const shown = list.rows.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const removeAll = async () => {
    try {
      for (const id of shown) await remove(id);
      setChosen(new Set());
    } finally {
      await queries.invalidateQueries({ queryKey: [accessKey] });
    }
  };
  return (
    <section className="stack" aria-label={title}>
      <div className="row apart wrap">
        <h1>{title}</h1>
        <div className="row wrap">
          {shown.length > 0 && (
            <Button look="danger" onClick={() => setAsking(true)}>
              Delete {count(shown.length, one, many)}
            </Button>
          )}
          {buttons}
        </div>
      </div>
      <SearchBox label="Name begins with…" value={prefix} onChange={(event) => setPrefix(event.target.value)} />
      <div className="card">
        <ListStates
          list={list}
          empty={
            <Empty icon={icon} title={prefix ? "None begins so" : `No ${many}`}>
              {prefix && <p>Names are compared as they are written, with capitals.</p>}
            </Empty>
          }
        >
          {(rows) => (
            <Rows
              {...props}
              rows={rows}
              chosen={chosen}
              onChoose={(id, isChosen) => {
                const next = new Set(chosen);
                if (isChosen) next.add(id);
                else next.delete(id);
                setChosen(next);
              }}
            />
          )}
        </ListStates>
      </div>
      <Confirm title={`Delete ${count(shown.length, one, many)}?`} open={isAsking} onClose={() => setAsking(false)} onConfirm={removeAll}>
        <p className="break">{shown.join(", ")}</p>
        <p>This cannot be undone.</p>
      </Confirm>
    </section>
  );
}

interface RowsProps<Row extends { id: string }> extends Pick<NamedListProps<Row>, "columns" | "address" | "isFixed"> {
  rows: Row[];
  chosen: ReadonlySet<string>;
  onChoose: (id: string, isChosen: boolean) => void;
}

function Rows<Row extends { id: string }>({ rows, columns, address, isFixed, chosen, onChoose }: RowsProps<Row>) {
  return (
    <table className="table access-list">
      <thead>
        <tr>
          <th scope="col">
            <span className="hidden">Chosen</span>
          </th>
          <th scope="col">Name</th>
          {columns.map(([name]) => (
            <th key={name} scope="col" className="narrow-off">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <span className="check">
                <input
                  type="checkbox"
                  aria-label={`Choose ${row.id}`}
                  checked={chosen.has(row.id)}
                  disabled={isFixed?.(row) ?? false}
                  onChange={(event) => onChoose(row.id, event.target.checked)}
                />
              </span>
            </td>
            <td className="cut">
              <Link to={address(row.id)}>{row.id}</Link>
            </td>
            {columns.map(([name, show]) => (
              <td key={name} className="cut soft narrow-off">
                {show(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
