import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { userQuery } from "../../api/session";
import { Empty } from "../../ui/states";
import { KeyList } from "./key-list";

/** The keys of the user who is logged in. */
export default function CredentialsPage() {
  const id = useQuery(userQuery).data?.id ?? "";
  return (
    <div className="stack">
      <h1>My credentials</h1>
      <p className="soft break">
        You are logged in as <strong>{id}</strong>.
      </p>
      <KeyList user={id} unlisted={<OnlyKey />} />
    </div>
  );
}

/** On a server with one user and one key. */
function OnlyKey() {
  return (
    <section className="card" aria-label="Access keys">
      <Empty icon={KeyRound} title="This server has one access key">
        <p>
          It is the one you logged in with; its secret was shown once, when the server was set up. Others cannot be made
          here.
        </p>
      </Empty>
    </section>
  );
}
