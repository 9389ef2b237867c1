import { useState } from "react";
import { commitBranch } from "../../api/refs";
import { shortId } from "../../lib/format";
import { FormDialog } from "../../ui/dialog";
import { MetadataFields, type Pair, pairsError, pairsToMetadata, TextArea } from "../../ui/field";
import { tell } from "../../ui/toasts";

interface CommitDialogProps {
  repository: string;
  branch: string;
  open: boolean;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

export function CommitDialog({ repository, branch, open, onClose, onDone }: CommitDialogProps) {
  const [message, setMessage] = useState("");
  const [pairs, setPairs] = useState<Pair[]>([]);
  const wrong = pairsError(pairs);
  const submit = async () => {
    const commit = await commitBranch(repository, branch, { message: message.trim(), metadata: pairsToMetadata(pairs) });
    setMessage("");
    setPairs([]);
    await onDone();
    tell(`Committed as ${shortId(commit.id)}.`);
  };
  return (
    <FormDialog
      title={`Commit changes of ${branch}`}
      open={open}
      onClose={onClose}
      onSubmit={submit}
      submit="Commit"
      disabled={message.trim() === "" || wrong !== null}
    >
      <TextArea
        label="Message"
        placeholder="Commit Message"
        value={message}
        onChange={(event) => setMessage(event.target.value)}
        hint="What changed, and why. Ctrl or Cmd with Enter commits."
      />
      <MetadataFields pairs={pairs} onChange={setPairs} />
      {wrong && <p className="soft small">{wrong}</p>}
    </FormDialog>
  );
}
