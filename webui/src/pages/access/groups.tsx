import { useQueryClient } from "@tanstack/react-query";
import { Plus, Users } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { accessKey, createGroup, deleteGroup, type Group, listGroups } from "../../api/access";
import { accessNameError } from "../../lib/policy";
import { groupAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Time } from "../../ui/values";
import { NamedList } from "./named-list";

export default function GroupsPage() {
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <NamedList<Group>
        title="Groups"
        one="group"
        many="groups"
        icon={Users}
        list={listGroups}
        address={groupAddress}
        remove={deleteGroup}
        columns={[
          ["Description", ({ description }) => description],
          ["Created", ({ creation_date }) => <Time at={creation_date} />],
        ]}
        buttons={
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden /> Create Group
          </Button>
        }
      />
      {isAdding && <CreateDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const [description, setDescription] = useState("");
  const wrong = accessNameError(id);
  return (
    <FormDialog
      title="Create a group"
      open
      onClose={onClose}
      submit="Create"
      disabled={wrong !== null}
      onSubmit={async () => {
        const { id: made } = await createGroup(id.trim(), description.trim());
        await queries.invalidateQueries({ queryKey: [accessKey] });
        void navigate(groupAddress(made));
      }}
    >
      <Field label="Group name" value={id} wrong={id ? wrong : null} onChange={(event) => setId(event.target.value)} />
      <Field label="Description" value={description} onChange={(event) => setDescription(event.target.value)} />
    </FormDialog>
  );
}
