import { useId, useState } from "react";
import { ImageView } from "../preview/image-view";
import type { ComparedObjects } from "./object-diff";

/** Images beside each other, or one over the other. */
export function ImageDiff({ left, right }: ComparedObjects) {
  const [isOver, setOver] = useState(false);
  const [share, setShare] = useState(50);
  const id = useId();
  const canOverlay = left !== null && right !== null;
  return (
    <>
      {canOverlay && (
        <div className="preview-facts">
          {isOver && (
            <label htmlFor={id} className="row small">
              Before
              <input id={id} type="range" min={0} max={100} value={share} aria-label="How much of the later image is seen" onChange={(event) => setShare(Number(event.target.value))} />
              After
            </label>
          )}
          <div className="tabs" role="group" aria-label="Images">
            <button type="button" aria-pressed={!isOver} onClick={() => setOver(false)}>
              Side by side
            </button>
            <button type="button" aria-pressed={isOver} onClick={() => setOver(true)}>
              Overlaid
            </button>
          </div>
        </div>
      )}
      <div className={isOver && canOverlay ? "image-diff over" : "image-diff"}>
        {left && (
          <figure>
            <figcaption className="soft small">Before</figcaption>
            <ImageView object={left} />
          </figure>
        )}
        {right && (
          <figure style={isOver && canOverlay ? { opacity: share / 100 } : undefined}>
            <figcaption className="soft small">After</figcaption>
            <ImageView object={right} />
          </figure>
        )}
      </div>
    </>
  );
}
