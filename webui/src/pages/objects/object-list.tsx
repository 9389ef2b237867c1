import { ArrowDown, ArrowUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { count as countText } from "../../lib/format";
import type { ListedRow } from "../../lib/merge-changes";
import { canSelect, type Selection, toggled, toggledAll, withRange } from "../../lib/selection";
import { nextOrder, serverOrder, type Order, type SortColumn, sortRows } from "../../lib/sort-rows";
import { Button } from "../../ui/button";
import { FocusBack } from "../../ui/dialog";
import { SharedMenu } from "../../ui/menu";
import { useRowKeys } from "../../ui/row-keys";
import { useRowWindow } from "../../ui/row-window";
import { ListDialogs } from "./list-dialogs";
import { ObjectMenu, type Shown } from "./object-menu";
import { ObjectRow } from "./object-row";
import { SelectionBar } from "./selection-bar";

interface ObjectListProps {
  rows: ListedRow[];
  folder: string;
  repository: string;
  branch: string;
  canWrite: boolean;
  hasMore: boolean;
  onMore: () => void;
  isLoadingMore: boolean;
  onChange: () => Promise<unknown>;
}

// As objects.css has it.
const rowHeight = 44;
const readAhead = 200;
// Browsers draw no page that is much higher than this many rows.
const rowsMost = 300_000;
const none: Selection = new Map();

/** Rows of a folder; only those in sight are in the page, however many there are. */
export function ObjectList(props: ObjectListProps) {
  const { rows: listed, folder, repository, branch, canWrite, hasMore, onMore, isLoadingMore, onChange } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [order, setOrder] = useState<Order>(serverOrder);
  const [selection, setSelection] = useState(none);
  const [shown, setShown] = useState<Shown | null>(null);
  const [menu, setMenu] = useState<{ row: ListedRow; button: HTMLElement; isOpen: boolean } | null>(null);
  const rows = useMemo(() => sortRows(listed, order), [listed, order]);
  const chosen = useMemo(() => [...selection.values()], [selection]);
  const isAllChosen = useMemo(() => selection.size > 0 && toggledAll(selection, rows).size === 0, [selection, rows]);
  const { first, end } = useRowWindow(body, rowHeight, rows.length);
  const isServerOrder = order.by === "name" && !order.isDescending;
  // In another order what comes later would move what one looks at.
  const isFull = rows.length >= rowsMost;
  const isNearEnd = isServerOrder && !isFull && end > rows.length - readAhead;
  useEffect(() => {
    if (isNearEnd) onMore();
  }, [isNearEnd, rows.length, onMore]);
  const onKeyDown = useRowKeys({ body, rowHeight, count: rows.length, canGo: (index) => rows[index] !== undefined && canSelect(rows[index]) });
  const openMenu = useCallback((row: ListedRow, button: HTMLElement) => setMenu({ row, button, isOpen: true }), []);
  const lastChosen = useRef("");
  const select = useCallback(
    (row: ListedRow, isRange: boolean) => {
      const from = isRange ? rows.findIndex(({ path }) => path === lastChosen.current) : -1;
      lastChosen.current = row.path;
      setSelection((old) => (from < 0 ? toggled(old, row) : withRange(old, rows, from, rows.indexOf(row))));
    },
    [rows],
  );
  const head = (by: SortColumn, text: string, className?: string) => (
    <SortHead by={by} text={text} order={order} onOrder={setOrder} {...(className && { className })} />
  );
  return (
    <>
      {chosen.length > 0 && (
        <SelectionBar
          chosen={chosen}
          repository={repository}
          branch={branch}
          canWrite={canWrite}
          onClear={() => setSelection(none)}
          onShow={(kind) => {
            setMenu(null);
            setShown({ kind, rows: chosen });
          }}
        />
      )}
      <table className="table" aria-rowcount={rows.length + 1}>
        <colgroup>
          <col className="col-select" />
          <col />
          <col className="col-size" />
          <col className="col-time narrow-off" />
          <col className="col-menu" />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Select all that are loaded"
                checked={isAllChosen}
                onChange={() => setSelection(toggledAll(selection, rows))}
              />
            </th>
            {head("name", "Name")}
            {head("size", "Size", "end")}
            {head("time", "Changed", "narrow-off")}
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the links within */}
        <tbody ref={body} onKeyDown={onKeyDown}>
          <Spacer rows={first} />
          {rows.slice(first, end).map((row, offset) => (
            <ObjectRow
              key={row.path}
              row={row}
              index={first + offset}
              folder={folder}
              repository={repository}
              branch={branch}
              isSelected={selection.has(row.path)}
              onSelect={select}
              isMenuOpen={menu?.isOpen === true && menu.row.path === row.path}
              onMenu={openMenu}
            />
          ))}
          <Spacer rows={rows.length - end} />
        </tbody>
      </table>
      {isLoadingMore && isServerOrder && (
        <p className="soft small more" role="status">
          Loading more…
        </p>
      )}
      {hasMore && isFull && (
        <p className="soft small more" role="status">
          These are the first {countText(rows.length, "row")}. There are more: type how the name begins.
        </p>
      )}
      {hasMore && !isServerOrder && !isFull && (
        <div className="more stack tight">
          <p className="soft small" role="status">
            Sorted are the {countText(rows.length, "row")} that are loaded. There are more.
          </p>
          <div>
            <Button small busy={isLoadingMore} onClick={onMore}>
              Load more
            </Button>
          </div>
        </div>
      )}
      {menu && (
        <SharedMenu button={menu.button} open={menu.isOpen} onClose={() => setMenu({ ...menu, isOpen: false })}>
          <ObjectMenu row={menu.row} repository={repository} branch={branch} canWrite={canWrite} onShow={setShown} />
        </SharedMenu>
      )}
      {shown && (
        <FocusBack value={menu?.button ?? null}>
          <ListDialogs
            shown={shown}
            folder={folder}
            repository={repository}
            branch={branch}
            onClose={() => setShown(null)}
            onChange={async () => {
              setSelection(none);
              await onChange();
            }}
          />
        </FocusBack>
      )}
    </>
  );
}

interface SortHeadProps {
  by: SortColumn;
  text: string;
  order: Order;
  onOrder: (order: Order) => void;
  className?: string;
}

function SortHead({ by, text, order, onOrder, className }: SortHeadProps) {
  const isThis = order.by === by;
  const Arrow = order.isDescending ? ArrowDown : ArrowUp;
  return (
    <th scope="col" className={className} aria-sort={isThis ? (order.isDescending ? "descending" : "ascending") : "none"}>
      <button type="button" className="sort" onClick={() => onOrder(nextOrder(order, by))}>
        {text}
        {isThis && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  );
}

/** Stands for rows that are out of sight. */
function Spacer({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr className="spacer" aria-hidden>
      <td colSpan={5} style={{ height: rows * rowHeight }} />
    </tr>
  );
}
