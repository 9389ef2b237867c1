import { useQuery } from "@tanstack/react-query";
import { formatBytes } from "../../lib/format";
import { baseName } from "../../lib/paths";
import { Failure, Loading } from "../../ui/states";
import { startQuery } from "./bytes";
import type { ViewProps } from "./preview";
import { RasterImage } from "./raster-image";

const bytesMax = 32 << 20;

export function ImageView({ object }: ViewProps) {
  const isSmall = object.size <= bytesMax;
  const image = useQuery({ ...startQuery(object, bytesMax), enabled: isSmall });
  if (!isSmall) return <p className="soft more">Images above {formatBytes(bytesMax)} are not shown. Download it instead.</p>;
  if (image.error) return <Failure error={image.error} retry={() => void image.refetch()} />;
  if (!image.data) return <Loading />;
  return (
    <div className="preview-image">
      <RasterImage bytes={image.data.bytes} alt={baseName(object.path)} />
    </div>
  );
}
