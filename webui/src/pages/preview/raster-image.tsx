import { ImageOff } from "lucide-react";
import { useCallback, useMemo } from "react";
import { rasterType } from "../../lib/preview";

/**
 * An image of points. What it is tells its own bytes: whatever a user called the object, the browser
 * is never given a vector image or a page.
 */
export function RasterImage({ bytes, alt }: { bytes: Uint8Array<ArrayBuffer>; alt: string }) {
  const type = useMemo(() => rasterType(bytes), [bytes]);
  const show = useCallback(
    (image: HTMLImageElement) => {
      const url = URL.createObjectURL(new Blob([bytes], { type: type ?? "" }));
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [bytes, type],
  );
  if (!type) {
    return (
      <p className="soft row">
        <ImageOff size={16} aria-hidden /> These bytes are no image that can be shown safely.
      </p>
    );
  }
  return <img ref={show} alt={alt} />;
}
