import { useQuery } from "@tanstack/react-query";
import { Code2, Copy, CopyPlus, Download, FileArchive, FolderInput, Info, Link2, Scale, Trash2 } from "lucide-react";
import { objectUrl, presignedUrl } from "../../api/objects";
import { configQuery } from "../../api/session";
import type { ListedRow } from "../../lib/merge-changes";
import { baseName, lakefsUri } from "../../lib/paths";
import { MenuItem, MenuLink, MenuSeparator } from "../../ui/menu";
import { tell, tellError } from "../../ui/toasts";
import { copyText } from "../../ui/values";

export type ShownKind = "details" | "size" | "code" | "archive" | "copy" | "move" | "delete";

/** What a dialog of the list is about. */
export interface Shown {
  kind: ShownKind;
  rows: ListedRow[];
}

interface ObjectMenuProps {
  row: ListedRow;
  repository: string;
  branch: string;
  canWrite: boolean;
  onShow: (shown: Shown) => void;
}

/** What can be done with one row of a folder. */
export function ObjectMenu({ row, repository, branch, canWrite, onShow }: ObjectMenuProps) {
  const { path, isFolder } = row;
  const show = (kind: ShownKind) => () => onShow({ kind, rows: [row] });
  const config = useQuery(configQuery);
  const copy = (text: string, what: string) => void copyText(text).then(() => tell(`${what} copied.`), tellError);
  return (
    <>
      {isFolder ? (
        <>
          <MenuItem onClick={show("size")}>
            <Scale size={15} /> Calculate Size
          </MenuItem>
          <MenuItem onClick={show("archive")}>
            <FileArchive size={15} /> Download ZIP
          </MenuItem>
        </>
      ) : (
        <>
          <MenuItem onClick={show("details")}>
            <Info size={15} /> Object Info
          </MenuItem>
          <MenuLink href={objectUrl(repository, branch, path)} download={baseName(path)}>
            <Download size={15} /> Download
          </MenuLink>
          {config.data?.storage_config?.pre_sign_support && (
            <MenuItem
              onClick={() =>
                void presignedUrl(repository, branch, path).then((url) => copy(url, "The presigned URL was"), tellError)
              }
            >
              <Link2 size={15} /> Copy Presigned URL
            </MenuItem>
          )}
        </>
      )}
      <MenuItem onClick={() => copy(lakefsUri(repository, branch, path), "The URI was")}>
        <Copy size={15} /> Copy URI
      </MenuItem>
      <MenuItem onClick={show("code")}>
        <Code2 size={15} /> Copy as Code
      </MenuItem>
      {canWrite && (
        <>
          <MenuSeparator />
          <MenuItem onClick={show("copy")}>
            <CopyPlus size={15} /> Copy to…
          </MenuItem>
          <MenuItem onClick={show("move")}>
            <FolderInput size={15} /> Move or Rename
          </MenuItem>
          <MenuItem danger onClick={show("delete")}>
            <Trash2 size={15} /> Delete
          </MenuItem>
        </>
      )}
    </>
  );
}
