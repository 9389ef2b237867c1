import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatBytes } from "../../lib/format";
import { languageOf } from "../../lib/languages";
import { baseName } from "../../lib/paths";
import { previewOf } from "../../lib/preview";
import { Button } from "../../ui/button";
import { Failure, Loading } from "../../ui/states";
import { textQuery } from "./bytes";
import { Code } from "./code";
import type { ViewProps } from "./preview";

const firstBytes = 256 << 10;
const bytesMax = 8 << 20;

/** Text with line numbers, and colours where its language is known. */
export function TextView({ object }: ViewProps) {
  const [wanted, setWanted] = useState(firstBytes);
  const isText = previewOf(object.path, object.contentType) !== "binary";
  const start = useQuery({ ...textQuery(object, wanted, isText), placeholderData: (previous) => previous });
  if (start.error) return <Failure error={start.error} retry={() => void start.refetch()} />;
  if (start.data === undefined) return <Loading lines={10} />;
  if (start.data === null) return <p className="soft more">This is no text. Look at its bytes instead.</p>;
  const { text, encoding, isWhole, isPacked } = start.data;
  const notes = [
    isPacked && "Unpacked from gzip.",
    encoding !== "UTF-8" && `Read as ${encoding}.`,
    !isWhole && `Only the first ${formatBytes(wanted)} are shown.`,
  ].filter(Boolean);
  return (
    <>
      <Code text={text} language={languageOf(object.path, object.contentType)} label={`Text of ${baseName(object.path)}`} />
      {notes.length > 0 && (
        <div className="preview-notes">
          <span>{notes.join(" ")}</span>
          {!isWhole && wanted < bytesMax && (
            <Button small busy={start.isPlaceholderData} onClick={() => setWanted(Math.min(wanted * 8, bytesMax))}>
              Show more
            </Button>
          )}
        </div>
      )}
    </>
  );
}
