import { useQuery } from "@tanstack/react-query";
import { formatBytes } from "../../lib/format";
import { Failure, Loading } from "../../ui/states";
import MarkdownView from "../objects/markdown-view";
import { textQuery } from "./bytes";
import type { ViewProps } from "./preview";

const readBytes = 1 << 20;

/** Markdown as the document that it is. */
export default function DocumentView({ object }: ViewProps) {
  const { repository, branch, path } = object;
  const start = useQuery(textQuery(object, readBytes, true));
  if (start.error) return <Failure error={start.error} retry={() => void start.refetch()} />;
  if (start.data === undefined) return <Loading />;
  if (start.data === null) return <p className="soft more">This is no text. Look at its bytes instead.</p>;
  return (
    <>
      <MarkdownView text={start.data.text} place={{ repository, ref: branch, path }} />
      {!start.data.isWhole && <div className="preview-notes">Only the first {formatBytes(readBytes)} are shown.</div>}
    </>
  );
}
