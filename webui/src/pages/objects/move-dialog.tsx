import { useState } from "react";
import { copyObject, deletedMost, deleteObjects, hasObject, walkObjects } from "../../api/objects";
import { forEach, objectsOf, slices, type Target, targetError, targetPath } from "../../lib/batch";
import { count, formatNumber } from "../../lib/format";
import type { ListedRow } from "../../lib/merge-changes";
import { baseName, parentFolder } from "../../lib/paths";
import { FormDialog } from "../../ui/dialog";
import { Field, Select } from "../../ui/field";
import { tell } from "../../ui/toasts";
import { BatchProgress, useBatch } from "./batch-progress";
import type { ChosenProps } from "./delete-dialog";

const asFolder = (text: string) => (text === "" || text.endsWith("/") ? text : `${text}/`);

/** The paths that objects of the chosen have, and those that they shall have. */
async function pathsOf({ repository, branch, chosen }: ChosenProps, target: Target, signal: AbortSignal) {
  const pairs: { from: string; to: string }[] = [];
  const walk = (prefix: string) => walkObjects({ repository, ref: branch, prefix }, signal);
  for (const row of chosen) {
    for await (const { path } of objectsOf([row], walk)) pairs.push({ from: path, to: targetPath(path, row.path, target) });
  }
  return pairs;
}

/** Copies or moves what was chosen within its branch: one to a path, several into a folder. */
export function MoveDialog(props: ChosenProps & { isMove: boolean }) {
  const { repository, branch, chosen, isMove, onClose, onChange } = props;
  const single: ListedRow | undefined = chosen.length === 1 ? chosen[0] : undefined;
  const [text, setText] = useState(single?.path ?? parentFolder(chosen[0]?.path ?? ""));
  const [replaces, setReplaces] = useState(false);
  const { begin, progress, setProgress } = useBatch();
  const target: Target = single ? { path: single.isFolder ? asFolder(text) : text } : { folder: asFolder(text) };
  const wrong = targetError(chosen, target);
  const verb = isMove ? "Move" : "Copy";

  const run = async () => {
    const signal = begin();
    setProgress({ what: "Looking what is there", done: 0, total: 0 });
    const pairs = await pathsOf(props, target, signal);
    const each = async (what: string, work: (pair: { from: string; to: string }) => Promise<unknown>) => {
      let done = 0;
      await forEach(pairs, async (pair) => {
        await work(pair);
        done += 1;
        setProgress({ what: `${what} ${formatNumber(done)} of ${count(pairs.length, "object")}`, done, total: pairs.length });
      });
    };
    if (!replaces) {
      const taken: string[] = [];
      await each("Looked for", async ({ to }) => {
        if (await hasObject(repository, branch, to, signal)) taken.push(to);
      });
      if (taken.length > 0) {
        const more = taken.length > 1 ? ` and ${count(taken.length - 1, "other")} are` : " is";
        throw new Error(`${taken[0] ?? ""}${more} there already. Nothing was changed.`);
      }
    }
    try {
      await each("Copied", ({ from, to }) => copyObject(repository, branch, from, to, signal));
      // Only now: what could not be copied stays where it is.
      if (isMove) {
        for (const some of slices(pairs.map(({ from }) => from), deletedMost)) await deleteObjects(repository, branch, some, signal);
      }
    } finally {
      await onChange();
    }
    tell(`${count(pairs.length, "object")} ${pairs.length === 1 ? "was" : "were"} ${isMove ? "moved" : "copied"} on ${branch}.`);
  };
  return (
    <FormDialog
      title={`${verb} ${single ? baseName(single.path) : count(chosen.length, "item")}`}
      open
      onClose={onClose}
      onSubmit={run}
      submit={verb}
      disabled={wrong !== null}
    >
      <Field
        label={single ? "New path" : "Folder"}
        placeholder="top of the repository"
        value={text}
        wrong={wrong}
        hint={`On ${branch}. ${single ? "With the folders above it." : ""}`}
        onChange={(event) => setText(event.target.value)}
      />
      <Select label="If an object is there already" value={replaces ? "replace" : "stop"} onChange={(event) => setReplaces(event.target.value === "replace")}>
        <option value="stop">Change nothing</option>
        <option value="replace">Replace it</option>
      </Select>
      <BatchProgress progress={progress} />
    </FormDialog>
  );
}
