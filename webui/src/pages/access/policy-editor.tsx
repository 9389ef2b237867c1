import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { TextArea } from "../../ui/field";
import { checkPolicy } from "../../lib/policy";

/** The text of a policy, with what is wrong with it while it is typed. */
export function PolicyEditor({ text, id, onChange }: { text: string; id: string; onChange: (text: string) => void }) {
  const { errors, hints } = checkPolicy(text, id);
  return (
    <div className="stack tight policy-text">
      <TextArea label="Policy as JSON" value={text} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      <div role="status" className="stack tight">
        {errors.map((error) => (
          <div key={error} className="note bad">
            <CircleAlert size={18} aria-hidden />
            <div>{error}</div>
          </div>
        ))}
        {hints.map((hint) => (
          <div key={hint} className="note warn">
            <TriangleAlert size={18} aria-hidden />
            <div>{hint}</div>
          </div>
        ))}
        {errors.length + hints.length === 0 && (
          <span className="row soft small">
            <CircleCheck size={15} aria-hidden /> The policy is valid.
          </span>
        )}
      </div>
    </div>
  );
}
