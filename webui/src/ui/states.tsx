// What stands where content is not there: loading, empty, failed.
import { CircleAlert, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { PagedList } from "../api/pages";
import { Button } from "./button";

export function Loading({ lines = 5 }: { lines?: number }) {
  return (
    <div className="loading" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}

export const errorText = (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div className="note bad" role="alert">
      <CircleAlert size={18} aria-hidden />
      <div className="grow stack tight">
        <span>{errorText(error)}</span>
        {retry && (
          <div>
            <Button small onClick={retry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

export function Warning({ children }: { children: ReactNode }) {
  return (
    <div className="note warn">
      <TriangleAlert size={18} aria-hidden />
      <div className="grow">{children}</div>
    </div>
  );
}

export function Empty({ icon: Icon, title, children, actions }: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon size={32} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      {children}
      {actions && <div className="row wrap">{actions}</div>}
    </div>
  );
}

/** The rows of a list in all its states, with a button for the next page. */
export function ListStates<Row>({ list, empty, children }: {
  list: PagedList<Row>;
  empty: ReactNode;
  children: (rows: Row[]) => ReactNode;
}) {
  if (list.isPending) return <Loading />;
  if (list.error && list.rows.length === 0) return <Failure error={list.error} retry={list.retry} />;
  if (list.rows.length === 0) return <>{empty}</>;
  return (
    <>
      {children(list.rows)}
      {list.error && <Failure error={list.error} retry={list.loadMore} />}
      {list.hasMore && (
        <div className="more">
          <Button onClick={list.loadMore} busy={list.isLoadingMore}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
