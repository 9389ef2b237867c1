import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { count, formatBytes } from "../../lib/format";
import { drawGeoJson, type Shape } from "../../lib/geojson";
import { baseName } from "../../lib/paths";
import { Failure, Loading } from "../../ui/states";
import { textQuery } from "./bytes";
import type { ViewProps } from "./preview";
import { TextView } from "./text-view";

const bytesMax = 16 << 20;
const degrees = (value: number) => value.toFixed(4).replace(/\.?0+$/, "");

/** GeoJSON as a drawing of ours, without a map below it. */
export default function GeoJsonView({ object }: ViewProps) {
  const start = useQuery(textQuery(object, bytesMax, true));
  if (start.error) return <Failure error={start.error} retry={() => void start.refetch()} />;
  if (start.data === undefined) return <Loading lines={10} />;
  if (start.data === null) return <p className="soft more">This is no text. Look at its bytes instead.</p>;
  if (!start.data.isWhole) return <p className="soft more">Above {formatBytes(bytesMax)} it is shown as text only.</p>;
  return <Drawing object={object} text={start.data.text} />;
}

function Drawing({ object, text }: ViewProps & { text: string }) {
  const drawing = useMemo(() => {
    try {
      return drawGeoJson(text);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }, [text]);
  if (drawing instanceof Error) {
    return (
      <>
        <Failure error={`It cannot be drawn: ${drawing.message}`} />
        <TextView object={object} />
      </>
    );
  }
  const { width, height, shapes, features, box, isThinned } = drawing;
  const [west, south, east, north] = box;
  const margin = 12;
  return (
    <>
      <div className="drawing">
        <svg
          role="img"
          aria-label={`Drawing of ${baseName(object.path)}`}
          viewBox={`${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`}
        >
          {shapes.map((shape, index) => (
            <Mark key={index} shape={shape} />
          ))}
        </svg>
      </div>
      <div className="preview-notes">
        {count(features, "feature")}; {degrees(west)}° to {degrees(east)}° east, {degrees(south)}° to {degrees(north)}° north
        {isThinned && "; drawn with fewer points than there are"}
      </div>
    </>
  );
}

function Mark({ shape: { kind, path, x, y, label } }: { shape: Shape }) {
  const title = label && <title>{label}</title>;
  if (kind === "point") {
    return (
      <circle className="point" cx={x} cy={y} r={4}>
        {title}
      </circle>
    );
  }
  return (
    <path className={kind} d={path} fillRule="evenodd">
      {title}
    </path>
  );
}
