import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Database, GitBranch, HardDrive, Lock, Plus, SearchX, Waves } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { usePagedList } from "../../api/pages";
import { listRepositories } from "../../api/repositories";
import { configQuery } from "../../api/session";
import type { Repository } from "../../api/types";
import { objectsAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { SearchBox } from "../../ui/field";
import { Empty, ListStates, Warning } from "../../ui/states";
import { Time } from "../../ui/values";
import { CreateRepository } from "./create";
import "./repositories.css";

export default function RepositoriesPage() {
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get("search") ?? "";
  const asked = useDeferredValue(search);
  const [creating, setCreating] = useState<"empty" | "sample" | null>(null);
  const config = useQuery({ ...configQuery, placeholderData: keepPreviousData });
  const list = usePagedList(
    ["repositories", asked],
    (after, signal) => listRepositories(asked, after, signal),
    { keepPrevious: true },
  );
  const create = (
    <Button look="primary" onClick={() => setCreating("empty")}>
      <Plus size={16} aria-hidden /> Create Repository
    </Button>
  );
  return (
    <main id="content" className="inner page">
      <div className="page-head">
        <h1>Repositories</h1>
        {create}
      </div>
      <div className="stack">
        {config.data?.storage_config?.blockstore_type === "mem" && (
          <Warning>This server keeps everything in memory and forgets it when it ends. It is for trying out only.</Warning>
        )}
        <SearchBox
          label="Find a repository"
          value={search}
          onChange={(event) => setParameters(event.target.value ? { search: event.target.value } : {}, { replace: true })}
        />
        <div aria-busy={list.isFetching}>
          <ListStates
            list={list}
            empty={
              asked ? (
                <div className="card">
                  <Empty icon={SearchX} title="Nothing found">
                    <p>No repository has “{asked}” in its name.</p>
                  </Empty>
                </div>
              ) : (
                <Welcome onSample={() => setCreating("sample")} />
              )
            }
          >
            {(rows) => (
              <ul className="repositories">
                {rows.map((repository) => (
                  <RepositoryCard key={repository.id} repository={repository} />
                ))}
              </ul>
            )}
          </ListStates>
        </div>
      </div>
      <CreateRepository kind={creating} onClose={() => setCreating(null)} />
    </main>
  );
}

function RepositoryCard({ repository }: { repository: Repository }) {
  return (
    <li className="card repository">
      <Database size={20} strokeWidth={1.6} aria-hidden />
      <div className="grow stack tight">
        <div className="row">
          <h2 className="cut">
            <Link to={objectsAddress(repository.id)}>{repository.id}</Link>
          </h2>
          {repository.read_only && (
            <span className="badge warn">
              <Lock size={12} aria-hidden /> Read-only
            </span>
          )}
        </div>
        <p className="row wrap soft small about">
          <span className="row">
            <GitBranch size={13} aria-hidden /> {repository.default_branch}
          </span>
          <span className="row cut">
            <HardDrive size={13} aria-hidden />
            <span className="cut" title={repository.storage_namespace}>
              {repository.storage_namespace}
            </span>
          </span>
          <span>
            created <Time at={repository.creation_date} />
          </span>
        </p>
      </div>
    </li>
  );
}

function Welcome({ onSample }: { onSample: () => void }) {
  return (
    <div className="card">
      <Empty
        icon={Waves}
        title="Welcome to Tarn"
        actions={
          <Button look="primary" onClick={onSample}>
            Create Sample Repository
          </Button>
        }
      >
        {/* Automations made for lakeFS wait for this text. */}
        <span className="hidden">Welcome to lakeFS!</span>
        <p>
          A repository gives the objects of a data lake branches, commits and history. Begin with one that has
          some data to play with, or create your own.
        </p>
      </Empty>
    </div>
  );
}
