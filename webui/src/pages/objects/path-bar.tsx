import { Link } from "react-router";
import { baseName, crumbs, lakefsUri } from "../../lib/paths";
import { objectsAddress } from "../../shell/addresses";
import { CopyButton } from "../../ui/values";

/** The folders above a path, each a link. `path` may be an object. */
export function PathBar({ repository, branch, path }: { repository: string; branch: string; path: string }) {
  const isObject = path !== "" && !path.endsWith("/");
  const folders = crumbs(path);
  return (
    <nav aria-label="Path" className="path-bar">
      <Link to={objectsAddress(repository, branch)}>{repository}</Link>
      {folders.map((crumb) => (
        <span key={crumb.path} className="row path-part">
          <span className="soft" aria-hidden>
            /
          </span>
          <Link to={objectsAddress(repository, branch, crumb.path)}>{crumb.name || "(no name)"}</Link>
        </span>
      ))}
      {isObject && (
        <>
          <span className="soft" aria-hidden>
            /
          </span>
          <span aria-current="page">{baseName(path)}</span>
        </>
      )}
      <CopyButton text={lakefsUri(repository, branch, path)} label="Copy URI" />
    </nav>
  );
}
