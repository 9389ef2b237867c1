import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useEffect, useState } from "react";
import { Navigate, useLocation, useNavigate, useSearchParams } from "react-router";
import { isStatus } from "../../api/client";
import { logIn, setupQuery, userQuery } from "../../api/session";
import type { LoginConfig } from "../../api/types";
import { goTo, keepNext, loginAddress, safeNext, takeNext } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Failure, Loading } from "../../ui/states";

/** Where the server hands logins over to; null where it takes them itself. */
const handover = (config: LoginConfig | undefined) =>
  config?.login_url && config.login_url_method !== "select" ? config.login_url : null;

export default function LoginPage() {
  const setup = useQuery(setupQuery);
  const user = useQuery(userQuery);
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const { state } = useLocation() as { state: { redirected?: boolean } | null };
  const next = safeNext(parameters.get("next"));
  const config = setup.data?.login_config;
  const isIn = Boolean(user.data);
  // Only who was led here goes on: who opened this page, or has just logged out, chooses.
  const wasLed = state?.redirected === true || parameters.get("redirected") === "true";
  const elsewhere = wasLed && user.data === null ? handover(config) : null;
  useEffect(() => {
    if (!elsewhere) return;
    keepNext(next);
    // Who comes back by the browser's history stays.
    window.history.replaceState({ ...window.history.state, usr: null }, "", loginAddress(next));
    location.assign(elsewhere);
  }, [elsewhere, next]);
  useEffect(() => {
    if (isIn) goTo(next, navigate);
  }, [isIn, next, navigate]);
  if (isIn) return <Loading />;
  if (setup.data?.state === "not_initialized") return <Navigate to="/setup" replace />;
  return (
    <main id="content" className="session">
      <div className="card padded stack">
        {setup.error ? (
          <Failure error={setup.error} retry={() => void setup.refetch()} />
        ) : !setup.data || elsewhere ? (
          <Loading lines={3} />
        ) : (
          <LoginForm config={config} next={next} />
        )}
      </div>
    </main>
  );
}

/** The other way comes back to where one was. */
const fallbackAddress = (url: string, next: string) =>
  `${url}${url.includes("?") ? "&" : "?"}next=${encodeURIComponent(next)}`;

/** A session that does not serve any more would stand in the way of another login. */
function leaveBy(names: string[], next: string) {
  keepNext(next);
  for (const name of names) document.cookie = `${name}=; Max-Age=0; Path=/`;
}

function LoginForm({ config, next }: { config: LoginConfig | undefined; next: string }) {
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const [secret, setSecret] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await logIn(id.trim(), secret);
      takeNext();
      await queries.resetQueries({ queryKey: userQuery.queryKey });
    } catch (failure) {
      const refused = isStatus(failure, 400, 401, 403);
      setError(refused ? new Error(config?.login_failed_message ?? "The credentials don't match.") : failure);
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <h1>Log in</h1>
      <Field
        label={config?.username_ui_placeholder ?? "Access Key ID"}
        placeholder={config?.username_ui_placeholder ?? "Access Key ID"}
        value={id}
        onChange={(event) => setId(event.target.value)}
        autoComplete="username"
        required
      />
      <Field
        label={config?.password_ui_placeholder ?? "Secret Access Key"}
        placeholder={config?.password_ui_placeholder ?? "Secret Access Key"}
        type="password"
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
        autoComplete="current-password"
        required
      />
      {error !== null && <Failure error={error} />}
      <Button type="submit" look="primary" busy={isBusy}>
        Login
      </Button>
      {config?.login_url && (
        <a href={config.login_url} onClick={() => keepNext(next)}>
          Log in with single sign-on
        </a>
      )}
      {config?.fallback_login_url && (
        <a href={fallbackAddress(config.fallback_login_url, next)} onClick={() => leaveBy(config.login_cookie_names, next)}>
          {config.fallback_login_label || "Another way to log in"}
        </a>
      )}
    </form>
  );
}
