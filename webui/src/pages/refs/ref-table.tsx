import { Copy, FolderOpen, GitCompareArrows, History, Tag, GitBranch, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import type { Ref } from "../../api/types";
import { shortId } from "../../lib/format";
import { lakefsUri } from "../../lib/paths";
import { commitAddress, commitsAddress, compareAddress, objectsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { MenuItem, MenuSeparator, RowMenu } from "../../ui/menu";
import { tell, tellError } from "../../ui/toasts";
import { copyText } from "../../ui/values";
import "../commits/commits.css";
import "./refs.css";

/** Branches or tags, with what can be done with each. */
export function RefTable({ kind, rows, badges, canDelete, onDelete }: {
  kind: "branch" | "tag";
  rows: Ref[];
  badges?: (ref: Ref) => ReactNode;
  canDelete: (ref: Ref) => boolean;
  onDelete: (ref: Ref) => void;
}) {
  const { id: repository, default_branch } = useRepository();
  const navigate = useNavigate();
  const Icon = kind === "branch" ? GitBranch : Tag;
  return (
    <table className="table ref-table">
      <colgroup>
        <col />
        <col className="col-commit narrow-off" />
        <col className="col-menu" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{kind === "branch" ? "Branch" : "Tag"}</th>
          <th scope="col" className="narrow-off">
            Commit
          </th>
          <th scope="col">
            <span className="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((ref) => (
          <tr key={ref.id}>
            <td>
              <div className="name">
                <Icon size={16} aria-hidden />
                <Link className="cut" to={objectsAddress(repository, ref.id)} title={ref.id}>
                  {ref.id}
                </Link>
                {badges?.(ref)}
              </div>
            </td>
            <td className="narrow-off">
              <Link className="commit-id" to={commitAddress(repository, ref.commit_id)}>
                {shortId(ref.commit_id)}
              </Link>
            </td>
            <td className="end">
              <RowMenu>
                <MenuItem onClick={() => void navigate(objectsAddress(repository, ref.id))}>
                  <FolderOpen size={15} /> Browse
                </MenuItem>
                <MenuItem onClick={() => void navigate(commitsAddress(repository, ref.id))}>
                  <History size={15} /> Commits
                </MenuItem>
                {ref.id !== default_branch && (
                  <MenuItem onClick={() => void navigate(compareAddress(repository, default_branch, ref.id))}>
                    <GitCompareArrows size={15} /> Compare with {default_branch}
                  </MenuItem>
                )}
                <MenuItem
                  onClick={() =>
                    void copyText(lakefsUri(repository, ref.id)).then(() => tell("The URI was copied."), tellError)
                  }
                >
                  <Copy size={15} /> Copy URI
                </MenuItem>
                {canDelete(ref) && (
                  <>
                    <MenuSeparator />
                    <MenuItem danger onClick={() => onDelete(ref)}>
                      <Trash2 size={15} /> Delete
                    </MenuItem>
                  </>
                )}
              </RowMenu>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
