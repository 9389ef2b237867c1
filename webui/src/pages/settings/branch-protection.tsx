import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, ShieldCheck, X } from "lucide-react";
import { useState } from "react";
import { isStatus } from "../../api/client";
import { protectionQuery, type ProtectionRules, setProtection } from "../../api/repositories";
import { mayChangeQuery } from "../../api/settings";
import { useRepository } from "../../shell/repository-frame";
import { Button, IconButton } from "../../ui/button";
import { Confirm, FormDialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Empty, Failure, Loading } from "../../ui/states";

/** Which branches change by merges only. */
export function BranchProtection() {
  const repository = useRepository();
  const queries = useQueryClient();
  const query = useQuery(protectionQuery(repository.id));
  const mayChange = useQuery(mayChangeQuery(repository.id, "branch_protection")).data ?? false;
  const [isAdding, setAdding] = useState(false);
  const [pattern, setPattern] = useState("");
  const [removing, setRemoving] = useState<string | null>(null);

  const store = async (change: (rules: ProtectionRules["rules"]) => ProtectionRules["rules"]) => {
    const { queryKey } = protectionQuery(repository.id);
    if (!query.data) return;
    try {
      await setProtection(repository.id, { rules: change(query.data.rules), tag: query.data.tag });
    } catch (error) {
      if (!isStatus(error, 412)) throw error;
      throw new Error("Somebody else has changed the rules meanwhile. They are shown now; try again.", { cause: error });
    } finally {
      await queries.invalidateQueries({ queryKey });
    }
  };

  return (
    <section className="stack" aria-label="Branch protection">
      <div className="row apart">
        <h1>Branch protection</h1>
        <Button
          look="primary"
          disabled={!query.data || !mayChange}
          onClick={() => {
            setPattern("");
            setAdding(true);
          }}
        >
          <Plus size={16} aria-hidden /> Add
        </Button>
      </div>
      <p className="soft">
        Protected branches change by merges only: nobody uploads to them, commits on them or takes changes of them
        back.
      </p>
      <div className="card">
        {query.error ? (
          <Failure error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <Loading lines={2} />
        ) : query.data.rules.length === 0 ? (
          <Empty icon={ShieldCheck} title="No branch is protected">
            <p>A rule names a branch, or many with * and ?.</p>
          </Empty>
        ) : (
          <ul className="rules">
            {query.data.rules.map((rule) => (
              <li key={rule.pattern}>
                <code>{rule.pattern}</code>
                <IconButton label={`Remove the rule ${rule.pattern}`} disabled={!mayChange} onClick={() => setRemoving(rule.pattern)}>
                  <X size={16} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
      </div>
      <FormDialog
        title="Protect branches"
        open={isAdding}
        onClose={() => setAdding(false)}
        submit="Create"
        disabled={pattern.trim() === ""}
        onSubmit={() => store((rules) => [...rules.filter((rule) => rule.pattern !== pattern.trim()), { pattern: pattern.trim() }])}
      >
        <Field
          label="Branch name pattern"
          placeholder="main, release-*"
          value={pattern}
          hint="* stands for any text, ? for one character."
          onChange={(event) => setPattern(event.target.value)}
        />
      </FormDialog>
      <Confirm
        title="Remove this rule?"
        open={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={() => store((rules) => rules.filter((rule) => rule.pattern !== removing))}
      >
        <p>
          Branches like <code>{removing}</code> can be written to again.
        </p>
      </Confirm>
    </section>
  );
}
