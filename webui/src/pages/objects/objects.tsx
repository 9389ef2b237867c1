import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Code2, FileDiff, FolderOpen, FolderUp, GitBranch, PackageOpen, SearchX, ShieldCheck, Upload } from "lucide-react";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { isStatus } from "../../api/client";
import { listObjects } from "../../api/objects";
import { usePagedList } from "../../api/pages";
import { useIsProtected } from "../../api/repositories";
import { diffBranch } from "../../api/refs";
import { configQuery } from "../../api/session";
import type { NamedFile } from "../../lib/dropped-files";
import { mergeChanges } from "../../lib/merge-changes";
import { objectsAddress } from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { Button, LinkButton } from "../../ui/button";
import { SearchBox } from "../../ui/field";
import { Empty, Failure, ListStates } from "../../ui/states";
import { ChangesView } from "./changes";
import { CodeDialog } from "./code-dialog";
import { CommitDialog } from "./commit-dialog";
import { DropZone } from "./drop-zone";
import { ImportDialog } from "./import-dialog";
import { ObjectList } from "./object-list";
import "./objects.css";
import { PathBar } from "./path-bar";
import { Readme } from "./readme";
import { UploadDialog } from "./upload-dialog";
import { useAddressedRef } from "./use-ref";

export default function ObjectsPage() {
  const { repository, ref, path, resolved, parameters } = useAddressedRef();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const config = useQuery(configQuery);
  const isBranch = resolved.data?.kind === "branch";
  const isProtected = useIsProtected(repository.id)(ref) && isBranch;
  const canWrite = isBranch && !isProtected && !repository.read_only;
  const showChanges = isBranch && parameters.get("showChanges") === "true";
  const [dialog, setDialog] = useState<"upload" | "import" | "commit" | "code" | null>(
    parameters.get("upload") === "true" ? "upload" : parameters.get("importDialog") === "true" ? "import" : null,
  );
  const [dropped, setDropped] = useState<NamedFile[]>([]);

  const changes = useQuery({
    queryKey: ["changes", repository.id, ref, "some"],
    queryFn: ({ signal }) => diffBranch(repository.id, ref, { amount: 1, signal }),
    enabled: isBranch,
  });
  const hasChanges = (changes.data?.results.length ?? 0) > 0;
  const refresh = () =>
    Promise.all(
      ["objects", "changes", "log", "ref"].map((key) => queries.invalidateQueries({ queryKey: [key, repository.id] })),
    );

  return (
    <>
      <div className="page-head">
        <div className="row wrap">
          <RefPicker
            repository={repository.id}
            value={{ id: ref, ...(resolved.data && { kind: resolved.data.kind }) }}
            onPick={({ id }) => void navigate(objectsAddress(repository.id, id, path))}
          />
          {isProtected && (
            <span className="badge" title="It changes by merges only">
              <ShieldCheck size={12} aria-hidden /> protected
            </span>
          )}
        </div>
        <div className="row wrap">
          <Button onClick={() => setDialog("code")}>
            <Code2 size={16} aria-hidden /> Code
          </Button>
          {hasChanges && !showChanges && (
            <Button
              aria-label="Uncommitted Changes"
              onClick={() => void navigate(objectsAddress(repository.id, ref, "", { showChanges: true }))}
            >
              <FileDiff size={16} aria-hidden /> Uncommitted
            </Button>
          )}
          {canWrite && (
            <>
              {hasChanges && (
                <Button look="primary" aria-label="Commit Changes" onClick={() => setDialog("commit")}>
                  Commit
                </Button>
              )}
              {config.data?.storage_config?.import_support && (
                <Button onClick={() => setDialog("import")}>
                  <FolderUp size={16} aria-hidden /> Import
                </Button>
              )}
              <Button look={hasChanges ? "plain" : "primary"} onClick={() => setDialog("upload")}>
                <Upload size={16} aria-hidden /> Upload
              </Button>
            </>
          )}
        </div>
      </div>
      {isStatus(resolved.error, 404) ? (
        <div className="card">
          <Empty
            icon={GitBranch}
            title={`There is no ref ${ref}`}
            actions={<LinkButton to={objectsAddress(repository.id)}>Go to {repository.default_branch}</LinkButton>}
          >
            <p>No branch, tag or commit has this name. It may have been deleted.</p>
          </Empty>
        </div>
      ) : resolved.error ? (
        <Failure error={resolved.error} retry={() => void resolved.refetch()} />
      ) : showChanges ? (
        <ChangesView repository={repository.id} branch={ref} canWrite={canWrite} onChange={refresh} />
      ) : (
        <Folder
          key={`${ref}:${path}`}
          path={path}
          branch={ref}
          isBranch={isBranch}
          canWrite={canWrite}
          isProtected={isProtected}
          onUpload={() => setDialog("upload")}
          onChange={refresh}
        />
      )}
      {dialog === "code" && <CodeDialog repository={repository.id} branch={ref} path={path} onClose={() => setDialog(null)} />}
      {canWrite && (
        <>
          <DropZone
            onDrop={(files) => {
              setDropped((old) => [...old, ...files]);
              setDialog("upload");
            }}
          />
          {dialog === "upload" && (
            <UploadDialog
              repository={repository}
              branch={ref}
              folder={path}
              initial={dropped}
              onClose={() => {
                setDialog(null);
                setDropped([]);
              }}
              onDone={refresh}
            />
          )}
          {dialog === "import" && (
            <ImportDialog repository={repository.id} branch={ref} folder={path} onClose={() => setDialog(null)} onDone={refresh} />
          )}
          <CommitDialog
            repository={repository.id}
            branch={ref}
            open={dialog === "commit"}
            onClose={() => setDialog(null)}
            onDone={async () => {
              await refresh();
              if (showChanges) void navigate(objectsAddress(repository.id, ref), { replace: true });
            }}
          />
        </>
      )}
    </>
  );
}

interface FolderProps {
  branch: string;
  path: string;
  isBranch: boolean;
  canWrite: boolean;
  isProtected: boolean;
  onUpload: () => void;
  onChange: () => Promise<unknown>;
}

/** What one folder of a ref holds. */
function Folder({ branch, path, isBranch, canWrite, isProtected, onUpload, onChange }: FolderProps) {
  const { repository } = useAddressedRef();
  const [begin, setBegin] = useState("");
  const prefix = path + begin;
  const list = usePagedList(
    ["objects", repository.id, branch, "list", prefix],
    (after, signal) => listObjects({ repository: repository.id, ref: branch, prefix }, { after, delimiter: "/", signal }),
    { keepPrevious: true },
  );
  const changes = useQuery({
    queryKey: ["changes", repository.id, branch, "folder", prefix],
    queryFn: ({ signal }) => diffBranch(repository.id, branch, { prefix, delimiter: "/", signal }),
    enabled: isBranch,
  });
  const rows = useMemo(
    () => mergeChanges(list.rows, list.hasMore, changes.data?.results ?? []),
    [list.rows, list.hasMore, changes.data],
  );
  const readme = list.rows.find((row) => /^readme\.md$/i.test(row.path.slice(path.length)));
  return (
    <div className="stack">
      <div className="card object-list">
        <div className="card-head">
          <PathBar repository={repository.id} branch={branch} path={path} />
          <div className="narrow-off">
            <SearchBox label="Name begins with" value={begin} onChange={(event) => setBegin(event.target.value)} />
          </div>
        </div>
        <ListStates
          list={{ ...list, rows, hasMore: false }}
          empty={
            begin ? (
              <Empty icon={SearchX} title="Nothing begins so">
                <p>No name in this folder begins with “{begin}”.</p>
              </Empty>
            ) : path === "" ? (
              <Empty
                icon={PackageOpen}
                title="Nothing here yet"
                actions={
                  canWrite && (
                    <Button look="primary" onClick={onUpload}>
                      <Upload size={16} aria-hidden /> Upload Objects
                    </Button>
                  )
                }
              >
                <p>
                  {canWrite
                    ? "Drop files or folders anywhere on this page, or bring in what a store has already."
                    : isProtected
                      ? "This branch changes by merges only: upload to another one, and merge it."
                      : "This ref has no objects."}
                </p>
              </Empty>
            ) : (
              <Empty icon={FolderOpen} title="No such folder">
                <p>Nothing on {branch} begins with “{path}”.</p>
              </Empty>
            )
          }
        >
          {(all) => (
            <ObjectList
              rows={all}
              folder={path}
              repository={repository.id}
              branch={branch}
              canWrite={canWrite}
              hasMore={list.hasMore}
              onMore={list.loadMore}
              isLoadingMore={list.isLoadingMore}
              onChange={onChange}
            />
          )}
        </ListStates>
      </div>
      {readme && !begin && (readme.size_bytes ?? 0) > 0 && (
        <Readme repository={repository.id} branch={branch} path={readme.path} size={readme.size_bytes ?? 0} />
      )}
    </div>
  );
}
