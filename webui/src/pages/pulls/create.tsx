import { useQueryClient } from "@tanstack/react-query";
import { GitPullRequest } from "lucide-react";
import { type SyntheticEvent, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { createPull } from "../../api/pulls";
import { diffRefs } from "../../api/refs";
import { newPullAddress, objectAddress, pullAddress } from "../../shell/addresses";
import { RefPicker } from "../../shell/ref-picker";
import { useRepository } from "../../shell/repository-frame";
import { Button } from "../../ui/button";
import { Field, TextArea } from "../../ui/field";
import { Empty, Failure } from "../../ui/states";
import { ChangeTree } from "../compare/change-tree";

export default function CreatePullPage() {
  const repository = useRepository();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [parameters] = useSearchParams();
  const destination = parameters.get("ref") ?? repository.default_branch;
  const source = parameters.get("compare") ?? "";
  const [title, setTitle] = useState("");
  const [description, setDescription] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isPair = source !== "" && source !== destination;
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { id } = await createPull(repository.id, {
        title: title.trim(),
        description,
        source_branch: source,
        destination_branch: destination,
      });
      await queries.invalidateQueries({ queryKey: ["pulls", repository.id] });
      void navigate(pullAddress(repository.id, id));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      <h1>Create Pull Request</h1>
      <form className="card padded stack" onSubmit={(event) => void submit(event)}>
        <div className="row wrap">
          <RefPicker
            repository={repository.id}
            label="Base branch: "
            branchesOnly
            value={{ id: destination, kind: "branch" }}
            onPick={({ id }) => void navigate(newPullAddress(repository.id, id, source))}
          />
          <span className="soft" aria-hidden>
            ←
          </span>
          <RefPicker
            repository={repository.id}
            label="Compared to branch: "
            branchesOnly
            value={source ? { id: source, kind: "branch" } : null}
            onPick={({ id }) => void navigate(newPullAddress(repository.id, destination, id))}
          />
        </div>
        <Field label="Title" placeholder="Add a title..." value={title} onChange={(event) => setTitle(event.target.value)} />
        <TextArea
          label="Description"
          placeholder="Add a description..."
          value={description}
          hint="Markdown."
          onChange={(event) => setDescription(event.target.value)}
        />
        {error !== null && <Failure error={error} />}
        <div className="row end">
          <Button type="submit" look="primary" busy={isBusy} disabled={title.trim() === "" || !isPair}>
            Create Pull Request
          </Button>
        </div>
      </form>
      {isPair && (
        <ChangeTree
          key={`${destination}...${source}`}
          source={{
            key: ["diff", repository.id, destination, source, "tree"],
            fetch: (prefix, after, signal) =>
              diffRefs(repository.id, destination, source, { prefix, after, delimiter: "/", signal }),
            sides: { repository: repository.id, left: destination, right: source, isThreeDot: true },
            address: (diff) => objectAddress(repository.id, diff.type === "removed" ? destination : source, diff.path),
          }}
          title={
            <h2 className="break">
              {destination}...{source}/
            </h2>
          }
          empty={
            <Empty icon={GitPullRequest} title="No changes">
              <p>{destination} has all that {source} has.</p>
            </Empty>
          }
        />
      )}
    </div>
  );
}
