import { useRouteError } from "react-router";
import { Button } from "../ui/button";
import { Failure } from "../ui/states";

/** What is shown when a page breaks, or its code cannot be loaded. */
export function PageError() {
  const error = useRouteError();
  return (
    <main id="content" className="inner page stack">
      <h1>This page could not be shown</h1>
      <Failure error={error} />
      <p className="soft">
        If the server was updated since you opened it, load it again.
      </p>
      <div>
        <Button look="primary" onClick={() => location.reload()}>
          Load again
        </Button>
      </div>
    </main>
  );
}
