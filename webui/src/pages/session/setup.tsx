import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type SyntheticEvent, useEffect, useState } from "react";
import { Navigate } from "react-router";
import { isStatus } from "../../api/client";
import { setUp, setupQuery } from "../../api/session";
import type { Credentials } from "../../api/types";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Failure, Loading } from "../../ui/states";
import { KeyDownload, KeyView } from "./key-view";

/** The first page of a new server: names its administrator and shows the only key once. */
export default function SetupPage() {
  const setup = useQuery(setupQuery);
  const [key, setKey] = useState<Credentials | null>(null);
  if (key) return <KeyCard credentials={key} />;
  if (setup.data?.state === "initialized") return <Navigate to="/auth/login" replace />;
  return (
    <main id="content" className="session">
      <div className="card padded stack">
        {setup.error ? (
          <Failure error={setup.error} retry={() => void setup.refetch()} />
        ) : setup.data ? (
          <SetupForm onDone={setKey} />
        ) : (
          <Loading lines={3} />
        )}
      </div>
    </main>
  );
}

function SetupForm({ onDone }: { onDone: (key: Credentials) => void }) {
  const [name, setName] = useState("admin");
  const [wrong, setWrong] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setError(null);
    if (!name.trim()) {
      setWrong("Please enter your admin username.");
      return;
    }
    setBusy(true);
    try {
      onDone(await setUp(name.trim()));
    } catch (failure) {
      setError(isStatus(failure, 409) ? new Error("Setup is already complete.") : failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <div className="stack tight">
        <h1>Set up this server</h1>
        <p className="soft">It has no user yet. Choose a name for its administrator; the key comes next.</p>
      </div>
      <Field
        label="Name"
        placeholder="Admin Username"
        value={name}
        wrong={wrong}
        onChange={(event) => {
          setName(event.target.value);
          setWrong(null);
        }}
      />
      {error !== null && <Failure error={error} />}
      <Button type="submit" look="primary" busy={isBusy}>
        Setup
      </Button>
    </form>
  );
}

function KeyCard({ credentials }: { credentials: Credentials }) {
  const queries = useQueryClient();
  useEffect(() => () => void queries.invalidateQueries({ queryKey: setupQuery.queryKey }), [queries]);
  return (
    <main id="content" className="session">
      <div className="card padded broad stack">
        <div className="stack tight">
          <KeyRound size={28} strokeWidth={1.5} aria-hidden />
          <h1>You&apos;re all set!</h1>
          <p className="soft">
            This is your key. The secret is shown only now: keep it in a safe place, or download both as the
            settings of <span className="mono">lakectl</span>.
          </p>
        </div>
        <KeyView credentials={credentials} />
        <div className="row wrap">
          <KeyDownload credentials={credentials} />
          <Button look="primary" onClick={() => window.open("/auth/login", "_blank", "noopener")}>
            Go To Login
          </Button>
        </div>
      </div>
    </main>
  );
}
