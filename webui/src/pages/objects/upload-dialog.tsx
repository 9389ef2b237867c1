import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CloudUpload, X } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { configQuery } from "../../api/session";
import type { Repository } from "../../api/types";
import { filesOfInput, type NamedFile } from "../../lib/dropped-files";
import { count, formatBytes, formatDuration } from "../../lib/format";
import { type Upload, UploadQueue } from "../../lib/upload-queue";
import { Button, IconButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field, Select } from "../../ui/field";
import { tell } from "../../ui/toasts";
import { Bar } from "../../ui/values";
import { type Conflict, senderTo } from "./send-file";

interface UploadDialogProps {
  repository: Repository;
  branch: string;
  /** Where the files go unless another folder is named. */
  folder: string;
  /** Files that were dropped before. */
  initial: NamedFile[];
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

// So many files are listed; of more there is only the number.
const listedMost = 100;

const asFolder = (text: string) => (text === "" || text.endsWith("/") ? text : `${text}/`);

export function UploadDialog({ repository, branch, folder, initial, onClose, onDone }: UploadDialogProps) {
  const [added, setAdded] = useState<NamedFile[]>([]);
  const [removed, setRemoved] = useState<ReadonlySet<NamedFile>>(new Set());
  const [destination, setDestination] = useState(folder);
  const [conflict, setConflict] = useState<Conflict>("replace");
  const [queue, setQueue] = useState<UploadQueue | null>(null);
  const config = useQuery(configQuery).data;
  const storage = config?.storage_config_list?.find(({ blockstore_id }) => blockstore_id === repository.storage_id) ?? config?.storage_config;
  const input = useRef<HTMLInputElement>(null);
  const files = [...initial, ...added].filter((file) => !removed.has(file));

  const start = () => {
    const begun = new UploadQueue(senderTo({ repository: repository.id, branch, storage }, conflict));
    begun.start(files.map(({ file, path }) => ({ file, path: asFolder(destination) + path })));
    setQueue(begun);
  };
  const chooseFolder = () => {
    const chooser = document.createElement("input");
    chooser.type = "file";
    chooser.webkitdirectory = true;
    chooser.onchange = () => {
      if (chooser.files) setAdded([...added, ...filesOfInput(chooser.files)]);
    };
    chooser.click();
  };

  if (queue) return <Running queue={queue} branch={branch} onClose={onClose} onDone={onDone} />;
  return (
    <Dialog
      title={`Upload to ${branch}`}
      open
      onClose={onClose}
      steady
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={files.length === 0} onClick={start}>
            Upload {count(files.length, "File")}
          </Button>
        </>
      }
    >
      <div className="stack">
        <div className="drop-area">
          <CloudUpload size={28} strokeWidth={1.5} aria-hidden />
          <p>Drag &amp; drop files or folders here</p>
          <div className="row wrap">
            <Button small onClick={() => input.current?.click()}>
              Choose files
            </Button>
            <Button small onClick={chooseFolder}>
              Choose a folder
            </Button>
          </div>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              if (event.target.files) setAdded([...added, ...filesOfInput(event.target.files)]);
              event.target.value = "";
            }}
          />
        </div>
        <Field
          label="Folder"
          placeholder="top of the repository"
          value={destination}
          onChange={(event) => setDestination(event.target.value)}
        />
        <Select
          label="If an object is there already"
          value={conflict}
          hint={conflict === "replace" ? "Commits that have the old one keep it." : "Files whose names are taken are not sent."}
          onChange={(event) => setConflict(event.target.value === "skip" ? "skip" : "replace")}
        >
          <option value="replace">Replace it</option>
          <option value="skip">Leave it as it is</option>
        </Select>
        {files.length > 0 && (
          <>
            <ul className="upload-list" aria-label="Files">
              {files.slice(0, listedMost).map((file, index) => (
                <li key={index}>
                  <div className="row">
                    <span className="grow cut" title={file.path}>
                      {file.path}
                    </span>
                    <span className="soft small number">{formatBytes(file.file.size)}</span>
                    <IconButton label={`Remove ${file.path}`} onClick={() => setRemoved(new Set([...removed, file]))}>
                      <X size={15} />
                    </IconButton>
                  </div>
                </li>
              ))}
            </ul>
            <p className="soft small">
              {files.length > listedMost && `… and ${count(files.length - listedMost, "file")} more: `}
              {count(files.length, "file")}, {formatBytes(files.reduce((sum, { file }) => sum + file.size, 0))}
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Running({ queue, branch, onClose, onDone }: Pick<UploadDialogProps, "branch" | "onClose" | "onDone"> & { queue: UploadQueue }) {
  const uploads = useSyncExternalStore(queue.subscribe, queue.snapshot);
  const totals = queue.totals();
  const isWhole = !totals.isRunning && totals.failed === 0;
  const finish = useRef({ onDone, onClose });
  useEffect(() => {
    finish.current = { onDone, onClose };
  });
  useEffect(() => {
    if (!totals.isRunning) void finish.current.onDone();
    if (!isWhole) return;
    finish.current.onClose();
    if (totals.skipped > 0) tell(`${count(totals.skipped, "file")} left out, as objects of these names are there already.`);
  }, [totals.isRunning, totals.skipped, isWhole]);
  const listed = uploads.flatMap((upload, index) => (upload.state === "done" || upload.state === "skipped" ? [] : [{ upload, index }])).slice(0, listedMost);
  const share = totals.bytes > 0 ? Math.floor((100 * totals.sent) / totals.bytes) : 0;
  return (
    <Dialog
      title={`Upload to ${branch}`}
      open
      onClose={() => {
        queue.cancel();
        onClose();
      }}
      steady
      footer={
        totals.isRunning ? (
          <Button
            onClick={() => {
              queue.cancel();
              onClose();
            }}
          >
            Cancel
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Close</Button>
            <Button look="primary" onClick={() => queue.retryFailed()}>
              Try {count(totals.failed, "file")} again
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        <div className="stack tight">
          <div className="row apart small">
            <span>
              {totals.done} of {count(uploads.length, "file")}
              {totals.skipped > 0 && ` · ${totals.skipped} left out`}
              {totals.failed > 0 && ` · ${totals.failed} failed`}
            </span>
            <span className="soft number">
              {formatBytes(totals.sent)} of {formatBytes(totals.bytes)}
              {totals.rate > 0 && totals.isRunning &&
                ` · ${formatBytes(totals.rate)}/s · ${formatDuration((totals.bytes - totals.sent) / totals.rate)} left`}
            </span>
          </div>
          <Bar label="All files" percent={share} />
        </div>
        <ul className="upload-list" aria-label="Files">
          {listed.map(({ upload, index }) => (
            <UploadRow key={index} upload={upload} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { path, file, state, sent, error } = upload;
  return (
    <li>
      <div className="row">
        {state === "failed" && <CircleAlert size={15} aria-label="failed" />}
        <span className="grow cut" title={path}>
          {path}
        </span>
        <span className="soft small number">{formatBytes(file.size)}</span>
      </div>
      {state === "sending" && <Bar label={path} percent={file.size > 0 ? Math.floor((100 * sent) / file.size) : 0} />}
      {error && <span className="badge bad">{error}</span>}
    </li>
  );
}
