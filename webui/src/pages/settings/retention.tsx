import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Plus, X } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import {
  deleteRetention, mayChangeQuery, retentionQuery, type RetentionRules, setRetention,
} from "../../api/settings";
import { count } from "../../lib/format";
import { daysError, parseRules, type TypedBranches, typedText } from "../../lib/retention";
import { useRepository } from "../../shell/repository-frame";
import { Button, IconButton } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Field, TextArea } from "../../ui/field";
import { Empty, errorText, Failure, Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";

const firstRules: RetentionRules = { default_retention_days: 30, branches: [] };

/** For how long objects are kept that no branch shows any more. */
export function Retention() {
  const repository = useRepository();
  const queries = useQueryClient();
  const query = useQuery(retentionQuery(repository.id));
  const mayChange = useQuery(mayChangeQuery(repository.id, "gc/rules")).data ?? false;
  const [isEditing, setEditing] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const isChangeable = mayChange && !repository.read_only;
  const refresh = () => queries.invalidateQueries({ queryKey: retentionQuery(repository.id).queryKey });
  const rules = query.data;
  return (
    <section className="stack" aria-label="Retention">
      <div className="row apart">
        <h1>Retention</h1>
        {isChangeable && rules && !isEditing && (
          <div className="row">
            <Button onClick={() => setRemoving(true)}>Delete Rules</Button>
            <Button look="primary" onClick={() => setEditing(true)}>
              Edit
            </Button>
          </div>
        )}
      </div>
      <p className="soft">
        Garbage collection removes objects from the store that were deleted or overwritten longer ago than these rules
        say. What the latest commit of a branch holds always stays.
      </p>
      {query.error ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : rules === undefined ? (
        <Loading lines={3} />
      ) : isEditing ? (
        <RulesEditor
          rules={rules ?? firstRules}
          onClose={() => setEditing(false)}
          onStore={async (changed) => {
            await setRetention(repository.id, changed);
            await refresh();
            tell("The rules were saved.");
          }}
        />
      ) : rules ? (
        <RulesView rules={rules} />
      ) : (
        <div className="card">
          <Empty
            icon={CalendarClock}
            title="No rules"
            actions={
              isChangeable && (
                <Button look="primary" onClick={() => setEditing(true)}>
                  Set Rules
                </Button>
              )
            }
          >
            <p>Nothing that was committed is ever removed from the store.</p>
          </Empty>
        </div>
      )}
      <Confirm
        title="Delete the rules?"
        open={isRemoving}
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await deleteRetention(repository.id);
          await refresh();
        }}
      >
        <p>Nothing that was committed is removed from the store any more.</p>
      </Confirm>
    </section>
  );
}

function RulesView({ rules }: { rules: RetentionRules }) {
  return (
    <div className="card">
      <ul className="rules" aria-label="Rules">
        <li>
          <span>All branches{rules.branches.length > 0 && " that are not named below"}</span>
          <strong>{count(rules.default_retention_days, "day")}</strong>
        </li>
        {rules.branches.map(({ branch_id, retention_days }) => (
          <li key={branch_id}>
            <code>{branch_id}</code>
            <strong>{count(retention_days, "day")}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RulesEditorProps {
  rules: RetentionRules;
  onClose: () => void;
  onStore: (rules: RetentionRules) => Promise<void>;
}

/** The same rules in fields or as JSON; what is typed in one is there in the other. */
function RulesEditor({ rules, onClose, onStore }: RulesEditorProps) {
  const [days, setDays] = useState(String(rules.default_retention_days));
  const [rows, setRows] = useState<TypedBranches>(rules.branches.map(({ branch_id, retention_days }) => [branch_id, String(retention_days)]));
  const [json, setJson] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const { parsed, wrong } = parsedOf(json ?? typedText(days, rows));

  const showFields = () => {
    if (!parsed) return;
    setDays(String(parsed.default_retention_days));
    setRows(parsed.branches.map(({ branch_id, retention_days }) => [branch_id, String(retention_days)]));
    setJson(null);
  };
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!parsed) return;
    setBusy(true);
    setError(null);
    try {
      await onStore(parsed);
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form className="card padded stack" onSubmit={(event) => void submit(event)} noValidate>
      <div className="tabs" role="group" aria-label="Edited as">
        <button type="button" aria-pressed={json === null} disabled={!parsed} onClick={showFields}>
          Form
        </button>
        <button type="button" aria-pressed={json !== null} onClick={() => setJson((old) => old ?? typedText(days, rows))}>
          JSON
        </button>
      </div>
      {json === null ? (
        <RulesFields days={days} rows={rows} onDays={setDays} onRows={setRows} />
      ) : (
        <div className="json-text">
          <TextArea label="Rules as JSON" value={json} spellCheck={false} onChange={(event) => setJson(event.target.value)} />
        </div>
      )}
      {wrong && (
        <div className="field">
          <span className="wrong" role="alert">
            {wrong}
          </span>
        </div>
      )}
      {error !== null && <Failure error={error} />}
      <div className="row end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={isBusy} disabled={!parsed}>
          Save
        </Button>
      </div>
    </form>
  );
}

function parsedOf(text: string): { parsed: RetentionRules | null; wrong: string | null } {
  try {
    return { parsed: parseRules(text), wrong: null };
  } catch (error) {
    return { parsed: null, wrong: errorText(error) };
  }
}

function RulesFields({ days, rows, onDays, onRows }: {
  days: string;
  rows: TypedBranches;
  onDays: (days: string) => void;
  onRows: (rows: TypedBranches) => void;
}) {
  const change = (at: number, row: TypedBranches[number]) => onRows(rows.map((old, index) => (index === at ? row : old)));
  return (
    <>
      <Field
        label="Days for all branches"
        inputMode="numeric"
        value={days}
        wrong={daysError(days)}
        onChange={(event) => onDays(event.target.value)}
      />
      <div className="stack tight">
        <span className="label">Days for single branches</span>
        {rows.map(([branch, each], index) => (
          <div className="retention-row" key={index}>
            <input className="input" placeholder="Branch" aria-label={`Branch ${index + 1}`} value={branch} onChange={(event) => change(index, [event.target.value, each])} />
            <input
              className="input"
              placeholder="Days"
              inputMode="numeric"
              aria-label={`Days ${index + 1}`}
              aria-invalid={each !== "" && daysError(each) !== null ? true : undefined}
              value={each}
              onChange={(event) => change(index, [branch, event.target.value])}
            />
            <IconButton label={`Remove rule ${index + 1}`} onClick={() => onRows(rows.filter((_, other) => other !== index))}>
              <X size={16} />
            </IconButton>
          </div>
        ))}
        <div>
          <Button small onClick={() => onRows([...rows, ["", ""]])}>
            <Plus size={14} aria-hidden /> Add Branch
          </Button>
        </div>
      </div>
    </>
  );
}
