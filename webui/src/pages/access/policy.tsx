import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, ScrollText, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { accessKey, deletePolicy, type Policy, policyQuery, updatePolicy } from "../../api/access";
import { checkPolicy, policyText } from "../../lib/policy";
import { policiesAddress } from "../../shell/addresses";
import { Button } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { CopyButton } from "../../ui/values";
import { MissingOr } from "./frame";
import { PolicyEditor } from "./policy-editor";
import { PolicyTable } from "./policy-table";

export default function PolicyPage() {
  const { policy: id = "" } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const policy = useQuery(policyQuery(id));
  const [doing, setDoing] = useState<"edit" | "delete" | null>(null);
  if (policy.error) return <MissingOr error={policy.error} retry={() => void policy.refetch()} icon={ScrollText} title={`There is no policy ${id}`} />;
  if (!policy.data) return <Loading />;
  return (
    <div className="stack">
      <div className="row apart wrap">
        <div className="stack tight">
          <Link to={policiesAddress} className="soft">
            Policies
          </Link>
          <h1 className="break">{id}</h1>
        </div>
        <div className="row">
          <CopyButton text={policyText(policy.data.statement)} label="Copy the policy as JSON" />
          <Button onClick={() => setDoing("delete")}>
            <Trash2 size={16} aria-hidden /> Delete
          </Button>
          <Button look="primary" onClick={() => setDoing("edit")}>
            <Pencil size={16} aria-hidden /> Edit
          </Button>
        </div>
      </div>
      <div className="card">
        <PolicyTable policies={[policy.data]} />
      </div>
      {doing === "edit" && <EditDialog policy={policy.data} onClose={() => setDoing(null)} />}
      <Confirm
        title={`Delete ${id}?`}
        open={doing === "delete"}
        onClose={() => setDoing(null)}
        onConfirm={async () => {
          await deletePolicy(id);
          void navigate(policiesAddress, { replace: true });
          await queries.invalidateQueries({ queryKey: [accessKey] });
        }}
      >
        <p>Users and groups that have it lose what it allows, and are no longer refused what it denies.</p>
      </Confirm>
    </div>
  );
}

function EditDialog({ policy, onClose }: { policy: Policy; onClose: () => void }) {
  const queries = useQueryClient();
  const [text, setText] = useState(policyText(policy.statement));
  const { statement } = checkPolicy(text, policy.id);
  return (
    <FormDialog
      title={`Edit ${policy.id}`}
      shape="wide"
      open
      onClose={onClose}
      submit="Save"
      disabled={!statement}
      onSubmit={async () => {
        if (!statement) return;
        await updatePolicy({ id: policy.id, statement });
        await queries.invalidateQueries({ queryKey: [accessKey] });
        tell(`${policy.id} was saved.`);
      }}
    >
      <PolicyEditor text={text} id={policy.id} onChange={setText} />
    </FormDialog>
  );
}
