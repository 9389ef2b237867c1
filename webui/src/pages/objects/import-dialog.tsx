import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Plus, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { cancelImport, importStatus, startImport } from "../../api/refs";
import { configQuery } from "../../api/session";
import type { ImportLocation, StorageConfig } from "../../api/types";
import { formatDuration, formatNumber } from "../../lib/format";
import { fitsPattern } from "../../lib/names";
import { commitAddress } from "../../shell/addresses";
import { Button, IconButton } from "../../ui/button";
import { Dialog, FormDialog } from "../../ui/dialog";
import { Field, MetadataFields, type Pair, pairsError, pairsToMetadata, Select } from "../../ui/field";
import { Failure } from "../../ui/states";

interface ImportDialogProps {
  repository: string;
  branch: string;
  folder: string;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

const pollMs = 1000;

/** Brings in objects that a store has already, without copying them. */
export function ImportDialog(props: ImportDialogProps) {
  const config = useQuery(configQuery);
  const [id, setId] = useState<string | null>(null);
  if (!config.data?.storage_config) return null;
  if (id !== null) return <Running {...props} id={id} />;
  return <ImportForm {...props} storage={config.data.storage_config} onStart={setId} />;
}

function ImportForm({ repository, branch, folder, onClose, storage, onStart }: ImportDialogProps & {
  storage: StorageConfig;
  onStart: (id: string) => void;
}) {
  const [sources, setSources] = useState<ImportLocation[]>([{ type: "common_prefix", path: "", destination: folder }]);
  const [message, setMessage] = useState("");
  const [pairs, setPairs] = useState<Pair[]>([]);
  const started = useRef<string | null>(null);
  const change = (at: number, part: Partial<ImportLocation>) =>
    setSources(sources.map((source, index) => (index === at ? { ...source, ...part } : source)));
  const wrongOf = (path: string) =>
    path && !fitsPattern(storage.import_validity_regex, path) ? `It must be in the store: ${storage.blockstore_namespace_example}` : null;
  const wrong = pairsError(pairs);
  const isReady = sources.every(({ path }) => path !== "" && !wrongOf(path)) && wrong === null;
  return (
    <FormDialog
      title={`Import into ${branch}`}
      open
      shape="wide"
      onClose={() => (started.current === null ? onClose() : onStart(started.current))}
      onSubmit={async () => {
        const texts = sources.map(({ path }) => path).join(", ");
        const { id } = await startImport(repository, branch, sources, {
          message: message || `Import of ${texts}`,
          metadata: pairsToMetadata(pairs),
        });
        started.current = id;
      }}
      submit="Import"
      disabled={!isReady}
    >
      <p className="soft">
        The objects stay where they are; the import commits what they are called and where they lie. What is below
        the destination is replaced.
      </p>
      {sources.map((source, index) => (
        <div key={index} className="stack tight import-source">
          <div className="row apart">
            <span className="label">{sources.length > 1 ? `Source ${index + 1}` : "Source"}</span>
            {sources.length > 1 && (
              <IconButton label={`Remove source ${index + 1}`} onClick={() => setSources(sources.filter((_, other) => other !== index))}>
                <X size={15} />
              </IconButton>
            )}
          </div>
          <Select
            label="What"
            value={source.type}
            onChange={(event) => change(index, { type: event.target.value as ImportLocation["type"] })}
          >
            <option value="common_prefix">All objects below a prefix</option>
            <option value="object">One object</option>
          </Select>
          <Field
            label="Import from"
            placeholder={storage.blockstore_namespace_example}
            value={source.path}
            wrong={wrongOf(source.path)}
            onChange={(event) => change(index, { path: event.target.value })}
          />
          <Field
            label="Destination"
            placeholder={source.type === "object" ? "folder/name" : "top of the repository"}
            value={source.destination}
            onChange={(event) => change(index, { destination: event.target.value })}
          />
        </div>
      ))}
      <div>
        <Button small onClick={() => setSources([...sources, { type: "common_prefix", path: "", destination: folder }])}>
          <Plus size={14} aria-hidden /> Add a source
        </Button>
      </div>
      <Field label="Commit message" placeholder="Import of …" value={message} onChange={(event) => setMessage(event.target.value)} />
      <MetadataFields pairs={pairs} onChange={setPairs} />
    </FormDialog>
  );
}

function Running({ repository, branch, id, onClose, onDone }: ImportDialogProps & { id: string }) {
  const [begun] = useState(() => Date.now());
  const [cancelError, setCancelError] = useState<unknown>(null);
  const [isCancelled, setCancelled] = useState(false);
  const status = useQuery({
    queryKey: ["import", repository, branch, id],
    queryFn: ({ signal }) => importStatus(repository, branch, id, signal),
    refetchInterval: ({ state: { data } }) => (data?.completed || data?.error ? false : pollMs),
  });
  const [now, setNow] = useState(begun);
  const isOver = (status.data?.completed ?? false) || status.data?.error !== undefined || isCancelled;
  const finish = useRef(onDone);
  useEffect(() => {
    finish.current = onDone;
  });
  useEffect(() => {
    if (isOver) {
      void finish.current();
      return;
    }
    const timer = setInterval(() => setNow(Date.now()), pollMs);
    return () => clearInterval(timer);
  }, [isOver]);
  const seconds = Math.max(0, (now - begun) / 1000);
  const objects = status.data?.ingested_objects ?? 0;
  const failure = status.data?.error ? new Error(status.data.error.message) : status.error;
  const commit = status.data?.commit;
  const cancel = () => {
    cancelImport(repository, branch, id).then(() => setCancelled(true), setCancelError);
  };
  return (
    <Dialog
      title={`Import into ${branch}`}
      open
      onClose={onClose}
      steady
      footer={
        <>
          {!isOver && <Button onClick={cancel}>Cancel the import</Button>}
          <Button look={isOver ? "primary" : "plain"} onClick={onClose}>
            {isOver ? "Close" : "Go on in the background"}
          </Button>
        </>
      }
    >
      <div className="stack" aria-live="polite">
        {failure && <Failure error={failure} />}
        {cancelError !== null && <Failure error={cancelError} />}
        {isCancelled && <p>The import was cancelled; {branch} is as it was.</p>}
        {status.data?.completed && (
          <div className="note good">
            <CircleCheck size={18} aria-hidden />
            <span>
              {formatNumber(objects)} objects are on {branch}
              {commit && (
                <>
                  , in the commit <Link to={commitAddress(repository, commit.id)}>{commit.message}</Link>
                </>
              )}
              .
            </span>
          </div>
        )}
        {!isOver && (
          <>
            <p>
              <strong className="number">{formatNumber(objects)}</strong> objects so far
              <span className="soft">
                {" "}
                · {formatDuration(seconds)}
                {seconds > 0 && objects > 0 && ` · ${formatNumber(Math.round(objects / seconds))} in a second`}
              </span>
            </p>
            <div className="progress unknown" role="progressbar" aria-label="Import">
              <div />
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
