import { openObject, walkObjects } from "../../api/objects";
import { canStream, heldBytesMost, heldFile, pickFile, saveArchive } from "../../lib/archive";
import { objectsMost, objectsOf } from "../../lib/batch";
import { count, formatBytes, formatNumber } from "../../lib/format";
import { baseName } from "../../lib/paths";
import { FormDialog } from "../../ui/dialog";
import { tell } from "../../ui/toasts";
import { BatchProgress, useBatch } from "./batch-progress";
import type { ChosenProps } from "./delete-dialog";

interface ArchiveDialogProps extends Omit<ChosenProps, "onChange"> {
  /** That the chosen are in. */
  folder: string;
}

/** Saves what was chosen as a ZIP archive, folders with all that is below them. */
export function ArchiveDialog({ repository, branch, chosen, folder, onClose }: ArchiveDialogProps) {
  const { begin, progress, setProgress } = useBatch();
  const [only] = chosen;
  const name = `${(chosen.length === 1 && only ? baseName(only.path) : baseName(folder) || repository).replace(/\/$/, "")}.zip`;
  const isStreamed = canStream();
  const run = async () => {
    const signal = begin();
    // First, since the browser asks only while the button is being pressed.
    const sink = isStreamed ? await pickFile(name) : heldFile(name);
    const objects = () => objectsOf(chosen, (prefix) => walkObjects({ repository, ref: branch, prefix }, signal));
    let objectCount = 0;
    let byteCount = 0;
    setProgress({ what: "Counting", done: 0, total: 0 });
    try {
      for await (const { size_bytes = 0 } of objects()) {
        objectCount += 1;
        byteCount += size_bytes;
      }
      if (!isStreamed && byteCount > heldBytesMost) {
        throw new Error(
          `These are ${formatBytes(byteCount)}, and this browser has to hold an archive until it is whole: at most ` +
            `${formatBytes(heldBytesMost)}. Choose less, or use lakectl fs download.`,
        );
      }
    } catch (error) {
      await sink.abort();
      throw error;
    }
    const source = {
      objects: objects(),
      folder,
      read: (path: string) => openObject(repository, branch, path, signal),
      onProgress: (done: number, bytes: number) =>
        setProgress({
          what: `${formatNumber(done)} of ${count(objectCount, "object")}`,
          done: bytes,
          total: byteCount,
          note: <span className="soft number">{formatBytes(bytes)} of {formatBytes(byteCount)}</span>,
        }),
    };
    await saveArchive(source, sink);
    tell(`${name} holds ${count(objectCount, "object")}.`);
  };
  return (
    <FormDialog title={`Download ${name}`} open onClose={onClose} onSubmit={run} submit="Download">
      <p className="break">
        {chosen.length === 1 && only ? only.path : count(chosen.length, "item")} of {branch}, folders with all that is below them, as
        they are: they are not packed again.
      </p>
      <p className="soft small">
        At most {formatNumber(objectsMost)} objects.{" "}
        {!isStreamed &&
          `This browser holds the archive until it is whole: at most ${formatBytes(heldBytesMost)}. Browsers that can write files over a secure connection have no such limit.`}
      </p>
      <BatchProgress progress={progress} />
    </FormDialog>
  );
}
