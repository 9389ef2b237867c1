import { Fragment, useEffect, useMemo, useState } from "react";
import type { Piece } from "../../lib/highlight";
import type { Language } from "../../lib/languages";
import "./code.css";

const colouredMax = 300_000;

/** Source text; scrolls in both directions. */
export function Code({ text, language, label }: { text: string; language: Language | null; label: string }) {
  const shown = text.replace(/\r?\n$/, "");
  const numbers = useMemo(() => {
    const lines = shown.split("\n").length;
    return Array.from({ length: lines }, (_, index) => index + 1).join("\n");
  }, [shown]);
  const pieces = usePieces(shown, language);
  return (
    // What scrolls must be reachable by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="code" role="region" aria-label={label} tabIndex={0}>
      <pre className="code-numbers" aria-hidden>
        {numbers}
      </pre>
      <pre className="code-text">
        <code>{pieces ? <Pieces pieces={pieces} /> : shown}</code>
      </pre>
    </div>
  );
}

function Pieces({ pieces }: { pieces: Piece[] }) {
  return pieces.map((piece, index) =>
    typeof piece === "string" ? (
      <Fragment key={index}>{piece}</Fragment>
    ) : (
      <span key={index} className={piece.look}>
        <Pieces pieces={piece.pieces} />
      </span>
    ),
  );
}

/** The text in colours once they are there; null until then, or if it has none. */
function usePieces(text: string, language: Language | null): Piece[] | null {
  const [found, setFound] = useState<{ text: string; pieces: Piece[] } | null>(null);
  useEffect(() => {
    if (!language || text.length > colouredMax) return;
    let isGone = false;
    void import("../../lib/highlight").then(({ highlight }) => {
      if (!isGone) setFound({ text, pieces: highlight(text, language) });
    });
    return () => {
      isGone = true;
    };
  }, [text, language]);
  return found?.text === text ? found.pieces : null;
}
