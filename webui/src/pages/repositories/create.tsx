import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { createRepository } from "../../api/repositories";
import { configQuery } from "../../api/session";
import type { StorageConfig } from "../../api/types";
import { fitsPattern, repositoryNameError } from "../../lib/names";
import { objectsAddress } from "../../shell/addresses";
import { FormDialog } from "../../ui/dialog";
import { CheckBox, Field } from "../../ui/field";
import { tell } from "../../ui/toasts";

/** Asks for a new repository; `sample` fills the form for one to play with. */
export function CreateRepository({ kind, onClose }: { kind: "empty" | "sample" | null; onClose: () => void }) {
  const config = useQuery(configQuery);
  if (!kind || !config.data?.storage_config) return null;
  return <CreateForm storage={config.data.storage_config} isSample={kind === "sample"} onClose={onClose} />;
}

function CreateForm({ storage, isSample, onClose }: { storage: StorageConfig; isSample: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = useState(isSample ? "quickstart" : "");
  const [namespace, setNamespace] = useState<string | null>(null);
  const [branch, setBranch] = useState("main");
  const [sample, setSample] = useState(isSample);
  const [readOnly, setReadOnly] = useState(false);

  const prefix = storage.default_namespace_prefix ?? (storage.blockstore_type === "local" ? "local://" : storage.blockstore_type === "mem" ? "mem://" : "");
  const suggested = prefix && name ? `${prefix.replace(/([^/])$/, "$1/")}${name}` : "";
  const place = namespace ?? suggested;
  const placeWrong = place && !fitsPattern(storage.blockstore_namespace_ValidityRegex, place) ? `A place looks like ${storage.blockstore_namespace_example}` : null;
  const nameWrong = name ? repositoryNameError(name) : null;
  const isReady = name !== "" && !nameWrong && place !== "" && !placeWrong && branch !== "";

  const submit = async () => {
    const created = await createRepository({
      name,
      storage_namespace: place,
      default_branch: branch,
      sample_data: sample,
      read_only: readOnly,
    });
    await queries.invalidateQueries({ queryKey: ["repositories"] });
    tell(`${created.id} was created.`);
    void navigate(objectsAddress(created.id, created.default_branch));
  };

  return (
    <FormDialog title="Create a repository" open onClose={onClose} onSubmit={submit} submit="Create Repository" disabled={!isReady}>
      <Field
        label="Repository ID"
        placeholder="my-data"
        value={name}
        wrong={nameWrong}
        hint="Small letters, digits and hyphens. It cannot be changed later."
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label="Storage Namespace"
        placeholder={storage.blockstore_namespace_example}
        value={place}
        wrong={placeWrong}
        hint="Where the store keeps its objects. Each repository needs a place of its own."
        onChange={(event) => setNamespace(event.target.value)}
      />
      <Field label="Default Branch" value={branch} onChange={(event) => setBranch(event.target.value)} />
      <div className="stack tight">
        <CheckBox label="Add sample data" checked={sample} disabled={readOnly} onChange={(event) => setSample(event.target.checked)} />
        <CheckBox
          label="Read-only"
          hint="Only what is imported or merged by force gets in."
          checked={readOnly}
          onChange={(event) => {
            setReadOnly(event.target.checked);
            if (event.target.checked) setSample(false);
          }}
        />
      </div>
    </FormDialog>
  );
}
