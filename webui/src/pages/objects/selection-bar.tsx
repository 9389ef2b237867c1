import { Copy, CopyPlus, FileArchive, FolderInput, Trash2, X } from "lucide-react";
import { count } from "../../lib/format";
import type { ListedRow } from "../../lib/merge-changes";
import { lakefsUri } from "../../lib/paths";
import { Button } from "../../ui/button";
import { tell, tellError } from "../../ui/toasts";
import { copyText } from "../../ui/values";
import type { ShownKind } from "./object-menu";

interface SelectionBarProps {
  chosen: ListedRow[];
  repository: string;
  branch: string;
  canWrite: boolean;
  onClear: () => void;
  onShow: (kind: ShownKind) => void;
}

/** What can be done with the chosen rows. */
export function SelectionBar({ chosen, repository, branch, canWrite, onClear, onShow }: SelectionBarProps) {
  const uris = () => chosen.map(({ path }) => lakefsUri(repository, branch, path)).join("\n");
  return (
    <div className="selection-bar" role="group" aria-label="Selected">
      <span aria-live="polite">{count(chosen.length, "item")} selected</span>
      <div className="row wrap">
        <Button small onClick={() => onShow("archive")}>
          <FileArchive size={15} aria-hidden /> Download ZIP
        </Button>
        <Button small onClick={() => void copyText(uris()).then(() => tell(`${count(chosen.length, "URI")} copied.`), tellError)}>
          <Copy size={15} aria-hidden /> Copy URIs
        </Button>
        {canWrite && (
          <>
            <Button small onClick={() => onShow("copy")}>
              <CopyPlus size={15} aria-hidden /> Copy to…
            </Button>
            <Button small onClick={() => onShow("move")}>
              <FolderInput size={15} aria-hidden /> Move to…
            </Button>
            <Button small look="danger" onClick={() => onShow("delete")}>
              <Trash2 size={15} aria-hidden /> Delete
            </Button>
          </>
        )}
        <Button small look="quiet" onClick={onClear}>
          <X size={15} aria-hidden /> Clear
        </Button>
      </div>
    </div>
  );
}
