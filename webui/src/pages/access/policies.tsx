import { useQueryClient } from "@tanstack/react-query";
import { Plus, ScrollText } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { accessKey, createPolicy, deletePolicy, listPolicies, type Policy, type Statement } from "../../api/access";
import { accessNameError, checkPolicy, policyText } from "../../lib/policy";
import { policyAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { FormDialog } from "../../ui/dialog";
import { Field, Select } from "../../ui/field";
import { NamedList } from "./named-list";
import { PolicyEditor } from "./policy-editor";

const brief = ({ statement }: Policy) => statement.map(({ effect, action }) => `${effect} ${action.join(", ")}`).join("; ");

export default function PoliciesPage() {
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <NamedList<Policy>
        title="Policies"
        one="policy"
        many="policies"
        icon={ScrollText}
        list={listPolicies}
        address={policyAddress}
        remove={deletePolicy}
        columns={[["What it says", brief]]}
        buttons={
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden /> Create Policy
          </Button>
        }
      />
      {isAdding && <CreateDialog onClose={() => setAdding(false)} />}
    </>
  );
}

const allow = (action: string[], resource = "*"): Statement => ({ effect: "allow", action, resource });
const beginnings: [name: string, statement: Statement[]][] = [
  ["Read one repository", [allow(["fs:Read*", "fs:List*"], "arn:lakefs:fs:::repository/NAME*")]],
  ["Work on one repository", [
    allow(["fs:ListRepositories"]),
    allow(["fs:Read*", "fs:List*", "fs:WriteObject", "fs:DeleteObject", "fs:CreateBranch", "fs:CreateCommit"], "arn:lakefs:fs:::repository/NAME*"),
  ]],
  ["Keep a folder from being deleted", [{ effect: "deny", action: ["fs:DeleteObject"], resource: "arn:lakefs:fs:::repository/NAME/object/FOLDER/*" }]],
  // The server puts the user in.
  ["Manage own keys", [allow(["auth:*Credentials"], "arn:lakefs:auth:::user/${user}")]],
];

function CreateDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [id, setId] = useState("");
  const [text, setText] = useState(policyText(beginnings[0]?.[1] ?? []));
  const wrong = accessNameError(id);
  const { statement } = checkPolicy(text, id);
  return (
    <FormDialog
      title="Create a policy"
      shape="wide"
      open
      onClose={onClose}
      submit="Create"
      disabled={wrong !== null || !statement}
      onSubmit={async () => {
        if (!statement) return;
        const made = await createPolicy({ id: id.trim(), statement });
        await queries.invalidateQueries({ queryKey: [accessKey] });
        void navigate(policyAddress(made.id));
      }}
    >
      <Field label="Policy name" value={id} wrong={id ? wrong : null} onChange={(event) => setId(event.target.value)} />
      <Select label="Begin with" onChange={(event) => setText(policyText(beginnings[Number(event.target.value)]?.[1] ?? []))}>
        {beginnings.map(([name], index) => (
          <option key={name} value={index}>
            {name}
          </option>
        ))}
      </Select>
      <PolicyEditor text={text} id={id} onChange={setText} />
    </FormDialog>
  );
}
