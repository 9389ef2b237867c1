import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { objectUrl, statQuery } from "../../api/objects";
import { logCommits } from "../../api/refs";
import { formatTime } from "../../lib/format";
import { baseName, lakefsUri } from "../../lib/paths";
import { commitAddress } from "../../shell/addresses";
import { LinkButton } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Failure, Loading } from "../../ui/states";
import { CopyButton, Size, Time } from "../../ui/values";
import { objectAddress } from "../../shell/addresses";

interface ObjectDetailsProps {
  repository: string;
  branch: string;
  path: string;
  onClose: () => void;
}

/** Everything that is known of an object, in a panel at the side. */
export function ObjectDetails({ repository, branch, path, onClose }: ObjectDetailsProps) {
  return (
    <Dialog
      title={baseName(path)}
      open
      onClose={onClose}
      shape="side"
      footer={
        <>
          <a className="button" href={objectUrl(repository, branch, path)} download={baseName(path)}>
            Download
          </a>
          <LinkButton look="primary" to={objectAddress(repository, branch, path)}>
            Open
          </LinkButton>
        </>
      }
    >
      <ObjectFacts repository={repository} branch={branch} path={path} />
    </Dialog>
  );
}

export function ObjectFacts({ repository, branch, path }: Omit<ObjectDetailsProps, "onClose">) {
  const stat = useQuery(statQuery(repository, branch, path));
  const blame = useQuery({
    queryKey: ["log", repository, branch, "blame", path],
    queryFn: ({ signal }) => logCommits(repository, branch, { path, amount: 1, signal }),
  });
  if (stat.error) return <Failure error={stat.error} retry={() => void stat.refetch()} />;
  if (!stat.data) return <Loading />;
  const { data } = stat;
  const commit = blame.data?.results[0];
  const metadata = Object.entries(data.metadata ?? {});
  return (
    <dl className="facts">
      <dt>URI</dt>
      <dd className="row">
        <span className="grow break mono">{lakefsUri(repository, branch, path)}</span>
        <CopyButton text={lakefsUri(repository, branch, path)} label="Copy URI" />
      </dd>
      <dt>Size</dt>
      <dd>
        <Size bytes={data.size_bytes ?? 0} />
      </dd>
      <dt>Type</dt>
      <dd>{data.content_type ?? "not known"}</dd>
      <dt>Written</dt>
      <dd>{formatTime(data.mtime)}</dd>
      <dt>Last change</dt>
      <dd>
        {commit ? (
          <>
            <Link to={commitAddress(repository, commit.id)}>{commit.message || "(no message)"}</Link>
            <br />
            <span className="soft">
              {commit.committer}, <Time at={commit.creation_date} />
            </span>
          </>
        ) : blame.error ? (
          "not known"
        ) : blame.data ? (
          "not committed yet"
        ) : (
          "…"
        )}
      </dd>
      <dt>Checksum</dt>
      <dd className="mono">{data.checksum}</dd>
      <dt>Physical address</dt>
      <dd className="row">
        <span className="grow break mono">{data.physical_address}</span>
        <CopyButton text={data.physical_address} label="Copy the physical address" />
      </dd>
      {metadata.map(([key, value]) => (
        <MetadataFact key={key} name={key} value={value} />
      ))}
    </dl>
  );
}

export function MetadataFact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="break">{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
