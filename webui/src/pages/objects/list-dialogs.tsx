import { ArchiveDialog } from "./archive-dialog";
import { CodeDialog } from "./code-dialog";
import { type ChosenProps, DeleteDialog } from "./delete-dialog";
import { FolderSize } from "./folder-size";
import { MoveDialog } from "./move-dialog";
import { ObjectDetails } from "./object-details";
import type { Shown } from "./object-menu";

interface ListDialogsProps extends Omit<ChosenProps, "chosen"> {
  shown: Shown;
  folder: string;
}

/** The dialog about one row of a folder, or about those that were chosen. */
export function ListDialogs({ shown: { kind, rows }, folder, ...rest }: ListDialogsProps) {
  const { repository, branch, onClose } = rest;
  const path = rows[0]?.path ?? "";
  switch (kind) {
    case "details":
      return <ObjectDetails repository={repository} branch={branch} path={path} onClose={onClose} />;
    case "code":
      return <CodeDialog repository={repository} branch={branch} path={path} onClose={onClose} />;
    case "size":
      return <FolderSize repository={repository} branch={branch} folder={path} onClose={onClose} />;
    case "archive":
      return <ArchiveDialog repository={repository} branch={branch} chosen={rows} folder={folder} onClose={onClose} />;
    case "copy":
    case "move":
      return <MoveDialog {...rest} chosen={rows} isMove={kind === "move"} />;
    case "delete":
      return <DeleteDialog {...rest} chosen={rows} />;
  }
}
