import { useQuery } from "@tanstack/react-query";
import { Database, Lock, Trash2 } from "lucide-react";
import { createContext, useContext, useEffect } from "react";
import { Link, NavLink, Outlet, useLocation, useParams } from "react-router";
import { hasRunsQuery } from "../api/actions";
import { isStatus } from "../api/client";
import { repositoryQuery } from "../api/repositories";
import type { Repository } from "../api/types";
import { lakefsUri } from "../lib/paths";
import { LinkButton } from "../ui/button";
import { Empty, Failure, Loading } from "../ui/states";
import { CopyButton } from "../ui/values";
import { repositoriesAddress } from "./addresses";

const RepositoryContext = createContext<Repository | null>(null);

/** The repository of the page. */
export function useRepository(): Repository {
  const repository = useContext(RepositoryContext);
  if (!repository) throw new Error("outside a repository");
  return repository;
}

const tabs = [
  ["objects", "Objects"],
  ["commits", "Commits"],
  ["branches", "Branches"],
  ["tags", "Tags"],
  ["compare", "Compare"],
  ["pulls", "Pull Requests"],
  ["actions", "Actions"],
  ["settings", "Settings"],
] as const;

export function RepositoryFrame() {
  const { repository: id = "" } = useParams();
  const query = useQuery(repositoryQuery(id));
  const { pathname } = useLocation();
  const hasRuns = useQuery({ ...hasRunsQuery(id), enabled: query.data !== undefined }).data;
  const isHidden = (path: string) => path === "actions" && !hasRuns && !pathname.includes("/actions");
  useEffect(() => {
    document.title = `${id} · Tarn`;
    return () => {
      document.title = "Tarn";
    };
  }, [id]);
  // On a narrow screen not all tabs are in sight; the one of the page is.
  useEffect(() => {
    const tab = document.querySelector(".repository-tabs .active");
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  return (
    <>
      <div className="repository-head">
        <div className="inner">
          <div className="row repository-name">
            <Link to={repositoriesAddress} className="soft">
              Repositories
            </Link>
            <span className="soft" aria-hidden>
              /
            </span>
            <strong className="cut">{id}</strong>
            <CopyButton text={lakefsUri(id)} label="Copy URI of the repository" />
            {query.data?.read_only && (
              <span className="badge warn">
                <Lock size={12} aria-hidden /> Read-only
              </span>
            )}
          </div>
          <nav className="repository-tabs" aria-label="Repository">
            {tabs.filter(([path]) => !isHidden(path)).map(([path, name]) => (
              <NavLink key={path} to={`/repositories/${id}/${path}`}>
                {name}
              </NavLink>
            ))}
          </nav>
        </div>
      </div>
      <main id="content" className="inner page">
        {query.data ? (
          <RepositoryContext value={query.data}>
            <Outlet />
          </RepositoryContext>
        ) : query.error ? (
          <Missing id={id} error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Loading />
        )}
      </main>
    </>
  );
}

function Missing({ id, error, retry }: { id: string; error: Error; retry: () => void }) {
  const isGone = isStatus(error, 410);
  if (!isGone && !isStatus(error, 404)) return <Failure error={error} retry={retry} />;
  return (
    <div className="card">
      <Empty
        icon={isGone ? Trash2 : Database}
        title={isGone ? `${id} is being deleted` : `There is no repository ${id}`}
        actions={<LinkButton to={repositoriesAddress}>All repositories</LinkButton>}
      >
        <p>
          {isGone
            ? "Its objects stay in the store until somebody removes them there."
            : "It may have been deleted, or the address has a spelling mistake."}
        </p>
      </Empty>
    </div>
  );
}
