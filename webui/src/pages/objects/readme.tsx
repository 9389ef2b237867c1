import { BookOpen } from "lucide-react";
import { lazy, Suspense } from "react";
import { baseName } from "../../lib/paths";
import { Loading } from "../../ui/states";

const Document = lazy(() => import("../preview/document-view"));

interface ReadmeProps {
  repository: string;
  branch: string;
  path: string;
  /** In bytes. */
  size: number;
}

/** The README of a folder, below its list. */
export function Readme({ repository, branch, path, size }: ReadmeProps) {
  return (
    <section className="card" aria-label={baseName(path)}>
      <div className="card-head">
        <h2 className="row">
          <BookOpen size={16} aria-hidden /> {baseName(path)}
        </h2>
      </div>
      <Suspense fallback={<Loading />}>
        <Document object={{ repository, branch, path, contentType: "text/markdown", size }} />
      </Suspense>
    </section>
  );
}
