import { File as FileIcon, Folder } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import type { ListedRow } from "../../lib/merge-changes";
import { objectAddress, objectsAddress } from "../../shell/addresses";
import { SharedMenuButton } from "../../ui/menu";
import { Size, Time } from "../../ui/values";
import { ChangeBadge } from "../compare/change-badge";

interface ObjectRowProps {
  row: ListedRow;
  /** In the list, from 0 on. */
  index: number;
  folder: string;
  repository: string;
  branch: string;
  isSelected: boolean;
  /** `isRange`: with all up to the one that was chosen before. */
  onSelect: (row: ListedRow, isRange: boolean) => void;
  isMenuOpen: boolean;
  onMenu: (row: ListedRow, button: HTMLElement) => void;
}

/** One of many: it holds nothing that is not seen, and is drawn again only when it has changed. */
export const ObjectRow = memo(function ObjectRow(props: ObjectRowProps) {
  const { row, index, folder, repository, branch, isSelected, onSelect, isMenuOpen, onMenu } = props;
  const { path, isFolder, stats, change } = row;
  const name = path.slice(folder.length) || path;
  const isRemoved = change === "removed";
  return (
    // The head of the table is the first row.
    <tr className={isSelected ? `${change ?? ""} selected` : change} aria-rowindex={index + 2}>
      <td>
        {!isRemoved && (
          <input
            type="checkbox"
            // Cells are found by names of objects: this is none.
            aria-label="Select"
            checked={isSelected}
            onChange={(event) => onSelect(row, (event.nativeEvent as MouseEvent).shiftKey)}
          />
        )}
      </td>
      <td>
        <div className={isFolder ? "name folder" : "name"}>
          {isFolder ? <Folder size={17} aria-hidden /> : <FileIcon size={17} aria-hidden />}
          {isRemoved ? (
            <span className="cut" title={name}>
              {name}
            </span>
          ) : (
            <Link
              className="cut"
              title={name}
              to={isFolder ? objectsAddress(repository, branch, path) : objectAddress(repository, branch, path)}
            >
              {name}
            </Link>
          )}
          {change && <ChangeBadge type={change} />}
        </div>
      </td>
      <td className="end soft">{stats ? <Size bytes={stats.size_bytes ?? 0} /> : null}</td>
      <td className="soft narrow-off">{stats ? <Time at={stats.mtime} /> : null}</td>
      <td className="end">{!isRemoved && <SharedMenuButton isOpen={isMenuOpen} onOpen={(button) => onMenu(row, button)} />}</td>
    </tr>
  );
});
