import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Mail, Plus, UserRound } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type Account, accessKey, capabilitiesQuery, createUser, deleteUser, inviteUser, listUsers } from "../../api/access";
import { userQuery } from "../../api/session";
import { accessNameError } from "../../lib/policy";
import { userAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { tell } from "../../ui/toasts";
import { Time } from "../../ui/values";
import { NamedList } from "./named-list";

export default function UsersPage() {
  const own = useQuery(userQuery).data?.id;
  const mayInvite = useQuery(capabilitiesQuery).data?.invite_user ?? false;
  const [adding, setAdding] = useState<"create" | "invite" | null>(null);
  return (
    <>
      <NamedList<Account>
        title="Users"
        one="user"
        many="users"
        icon={UserRound}
        list={listUsers}
        address={userAddress}
        remove={deleteUser}
        isFixed={({ id }) => id === own}
        columns={[
          ["Mail", ({ email }) => email],
          ["Created", ({ creation_date }) => (creation_date > 0 ? <Time at={creation_date} /> : null)],
        ]}
        buttons={
          <>
            {mayInvite && (
              <Button onClick={() => setAdding("invite")}>
                <Mail size={16} aria-hidden /> Invite User
              </Button>
            )}
            <Button look="primary" onClick={() => setAdding("create")}>
              <Plus size={16} aria-hidden /> Create User
            </Button>
          </>
        }
      />
      {adding === "create" && <CreateDialog onClose={() => setAdding(null)} />}
      {adding === "invite" && <InviteDialog onClose={() => setAdding(null)} />}
    </>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const wrong = accessNameError(id);
  return (
    <FormDialog
      title="Create a user"
      open
      onClose={onClose}
      submit="Create"
      disabled={wrong !== null}
      onSubmit={async () => {
        const { id: made } = await createUser(id.trim());
        await queries.invalidateQueries({ queryKey: [accessKey] });
        void navigate(userAddress(made));
      }}
    >
      <Field label="User name" value={id} wrong={id ? wrong : null} onChange={(event) => setId(event.target.value)} hint="A user can do what their groups and policies allow; at first nothing." />
    </FormDialog>
  );
}

function InviteDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [mail, setMail] = useState("");
  return (
    <FormDialog
      title="Invite a user"
      open
      onClose={onClose}
      submit="Invite"
      disabled={!/^[^\s@]+@[^\s@]+$/.test(mail.trim())}
      onSubmit={async () => {
        await inviteUser(mail.trim());
        await queries.invalidateQueries({ queryKey: [accessKey] });
        tell(`${mail.trim()} was invited.`);
      }}
    >
      <Field label="Mail address" type="email" value={mail} onChange={(event) => setMail(event.target.value)} hint="The server sends a message with a link to follow." />
    </FormDialog>
  );
}
