import { type SyntheticEvent, useState } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { isStatus } from "../../api/client";
import { acceptInvitation } from "../../api/session";
import { repositoriesAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Failure } from "../../ui/states";
import { tell } from "../../ui/toasts";

/** Where the link of an invitation leads: one chooses a password. */
export default function InvitationPage() {
  const [parameters] = useSearchParams();
  const token = parameters.get("token");
  if (!token) return <Navigate to="/auth/login" replace />;
  return (
    <main id="content" className="session">
      <div className="card padded">
        <PasswordForm token={token} email={parameters.get("email") ?? ""} />
      </div>
    </main>
  );
}

const texts: [status: number, text: string][] = [
  [401, "The invitation is not valid any more. Ask for another one."],
  [404, "This server takes no invitations."],
  [501, "This server takes no invitations."],
];

function PasswordForm({ token, email }: { token: string; email: string }) {
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isSame = password === again;
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await acceptInvitation(token, email, password);
      tell("The password was set. Log in with it.");
      void navigate("/auth/login", { replace: true });
    } catch (failure) {
      const known = texts.find(([status]) => isStatus(failure, status));
      setError(known ? new Error(known[1]) : failure);
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <div className="stack tight">
        <h1>You were invited</h1>
        <p className="soft">Choose a password for your account.</p>
      </div>
      <Field label="Email" value={email} disabled autoComplete="username" />
      <Field label="Password" placeholder="Password" type="password" value={password} autoComplete="new-password" onChange={(event) => setPassword(event.target.value)} />
      <Field
        label="Confirm password"
        placeholder="Confirm Password"
        type="password"
        value={again}
        autoComplete="new-password"
        wrong={again !== "" && !isSame ? "Your password and confirmation password do not match." : null}
        onChange={(event) => setAgain(event.target.value)}
      />
      {error !== null && <Failure error={error} />}
      <div className="row">
        <Button type="submit" look="primary" busy={isBusy} disabled={password === "" || !isSame}>
          Create
        </Button>
        <Button onClick={() => void navigate(repositoriesAddress)}>Cancel</Button>
      </div>
    </form>
  );
}
