import { useQuery } from "@tanstack/react-query";
import { Code2, Download, FileX, Info } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { isStatus } from "../../api/client";
import { objectUrl, statQuery } from "../../api/objects";
import { baseName, parentFolder } from "../../lib/paths";
import { objectAddress, objectsAddress } from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { Button, LinkButton } from "../../ui/button";
import { Empty, Failure, Loading } from "../../ui/states";
import { Size, Time } from "../../ui/values";
import { CodeDialog } from "./code-dialog";
import { ObjectDetails } from "./object-details";
import "./objects.css";
import { PathBar } from "./path-bar";
import { ObjectPreview } from "../preview/preview";
import { useAddressedRef } from "./use-ref";

/** One object: what it holds, and what is known of it. */
export default function ObjectPage() {
  const { repository, ref, path, resolved } = useAddressedRef();
  const navigate = useNavigate();
  const [isDetailed, setDetailed] = useState(false);
  const [isCoded, setCoded] = useState(false);
  const stat = useQuery(statQuery(repository.id, ref, path));
  return (
    <>
      <div className="page-head">
        <RefPicker
          repository={repository.id}
          value={{ id: ref, ...(resolved.data && { kind: resolved.data.kind }) }}
          onPick={({ id }) => void navigate(objectAddress(repository.id, id, path))}
        />
        <div className="row wrap">
          <Button onClick={() => setCoded(true)}>
            <Code2 size={16} aria-hidden /> Code
          </Button>
          <Button onClick={() => setDetailed(true)}>
            <Info size={16} aria-hidden /> Object Info
          </Button>
          <a className="button" href={objectUrl(repository.id, ref, path)} download={baseName(path)}>
            <Download size={16} aria-hidden /> Download
          </a>
        </div>
      </div>
      <div className="card">
        <div className="card-head">
          <PathBar repository={repository.id} branch={ref} path={path} />
          {stat.data && (
            <span className="soft small narrow-off">
              <Size bytes={stat.data.size_bytes ?? 0} /> · <Time at={stat.data.mtime} />
            </span>
          )}
        </div>
        {isStatus(stat.error, 404) ? (
          <Empty
            icon={FileX}
            title="There is no such object"
            actions={<LinkButton to={objectsAddress(repository.id, ref, parentFolder(path))}>Its folder</LinkButton>}
          >
            <p>
              {baseName(path)} does not exist on {ref}.
            </p>
          </Empty>
        ) : stat.error ? (
          <Failure error={stat.error} retry={() => void stat.refetch()} />
        ) : stat.data ? (
          <ObjectPreview
            key={path}
            object={{
              repository: repository.id,
              branch: ref,
              path,
              contentType: stat.data.content_type ?? "",
              size: stat.data.size_bytes ?? 0,
            }}
          />
        ) : (
          <Loading lines={10} />
        )}
      </div>
      {isCoded && <CodeDialog repository={repository.id} branch={ref} path={path} onClose={() => setCoded(false)} />}
      {isDetailed && <ObjectDetails repository={repository.id} branch={ref} path={path} onClose={() => setDetailed(false)} />}
    </>
  );
}
