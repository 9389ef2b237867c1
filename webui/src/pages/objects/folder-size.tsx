import { useEffect, useState } from "react";
import { walkObjects } from "../../api/objects";
import { count, formatNumber } from "../../lib/format";
import { baseName } from "../../lib/paths";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Failure } from "../../ui/states";
import { Bar, Size } from "../../ui/values";

/** Counts what is below a folder while one watches. */
export function FolderSize({ repository, branch, folder, onClose }: {
  repository: string;
  branch: string;
  folder: string;
  onClose: () => void;
}) {
  const [sum, setSum] = useState({ objects: 0, bytes: 0, isDone: false });
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    const walk = async () => {
      let objects = 0;
      let bytes = 0;
      for await (const page of walkObjects({ repository, ref: branch, prefix: folder }, stop.signal)) {
        objects += page.length;
        for (const row of page) bytes += row.size_bytes ?? 0;
        setSum({ objects, bytes, isDone: false });
      }
      setSum({ objects, bytes, isDone: true });
    };
    walk().catch((failure: unknown) => {
      if (!stop.signal.aborted) setError(failure);
    });
    return () => stop.abort();
  }, [repository, branch, folder]);
  return (
    <Dialog title={`Size of ${baseName(folder)}`} open onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      <div className="stack" aria-live="polite">
        {error !== null && <Failure error={error} />}
        <p>
          <strong>
            <Size bytes={sum.bytes} />
          </strong>{" "}
          in {count(sum.objects, "object")}
          {sum.isDone && <span className="soft"> · {formatNumber(sum.bytes)} bytes</span>}
        </p>
        {!sum.isDone && error === null && <Bar label="Counting" percent={null} />}
      </div>
    </Dialog>
  );
}
