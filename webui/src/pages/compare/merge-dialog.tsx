import { useState } from "react";
import { isStatus } from "../../api/client";
import { mergeRefs, type MergeOptions } from "../../api/refs";
import { shortId } from "../../lib/format";
import { refText } from "../../shell/ref-picker";
import { FormDialog } from "../../ui/dialog";
import { CheckBox, MetadataFields, type Pair, pairsError, pairsToMetadata, Select, TextArea } from "../../ui/field";
import { tell } from "../../ui/toasts";

interface MergeDialogProps {
  repository: string;
  source: string;
  destination: string;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}

export function MergeDialog({ repository, source, destination, onClose, onDone }: MergeDialogProps) {
  const [message, setMessage] = useState("");
  const [pairs, setPairs] = useState<Pair[]>([]);
  const [strategy, setStrategy] = useState("");
  const [squash, setSquash] = useState(false);
  const wrong = pairsError(pairs);
  const submit = async () => {
    const options: MergeOptions = {
      metadata: pairsToMetadata(pairs),
      ...(message && { message }),
      ...((strategy === "source-wins" || strategy === "dest-wins") && { strategy }),
      ...(squash && { squash_merge: true }),
    };
    let merged: { reference: string };
    try {
      merged = await mergeRefs(repository, source, destination, options);
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      throw new Error(
        "Both sides changed the same objects. They are marked as conflicts in the list; choose a strategy that says which side counts.",
        { cause: error },
      );
    }
    await onDone();
    tell(`Merged as ${shortId(merged.reference)}.`);
  };
  return (
    <FormDialog
      title={`Merge ${refText(source)} into ${destination}`}
      open
      onClose={onClose}
      onSubmit={submit}
      submit="Merge"
      disabled={wrong !== null}
    >
      <TextArea label="Message" placeholder="Commit Message (Optional)" value={message} onChange={(event) => setMessage(event.target.value)} />
      <Select
        label="Strategy"
        value={strategy}
        onChange={(event) => setStrategy(event.target.value)}
        hint="Only matters for objects that both sides changed."
      >
        <option value="">Default: conflicts stop the merge</option>
        <option value="source-wins">source-wins: take those of {refText(source)}</option>
        <option value="dest-wins">dest-wins: keep those of {destination}</option>
      </Select>
      <MetadataFields pairs={pairs} onChange={setPairs} />
      {wrong && <p className="soft small">{wrong}</p>}
      <CheckBox
        label="Squash"
        hint="one commit without the history of the source"
        checked={squash}
        onChange={(event) => setSquash(event.target.checked)}
      />
    </FormDialog>
  );
}
