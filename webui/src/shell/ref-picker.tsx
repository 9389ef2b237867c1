import * as Ariakit from "@ariakit/react";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, GitBranch, GitCommitHorizontal, Tag } from "lucide-react";
import { useState } from "react";
import { listBranches, listTags, type RefKind } from "../api/refs";
import { shortId } from "../lib/format";
import { Failure, Loading } from "../ui/states";
import "./ref-picker.css";

interface Picked {
  id: string;
  kind: RefKind;
}

interface RefPickerProps {
  repository: string;
  value: { id: string; kind?: RefKind } | null;
  onPick: (picked: Picked) => void;
  /** Stands before the name: "Base branch: ". */
  label?: string;
  /** Only branches: something is to be written there. */
  branchesOnly?: boolean;
}

const commitId = /^[0-9a-f]{6,64}$/;
const shown = 100;

export const refIcons = { branch: GitBranch, tag: Tag, commit: GitCommitHorizontal };
export const refText = (id: string) => (/^[0-9a-f]{64}$/.test(id) ? shortId(id) : id);

/** Chooses a branch, a tag or, by its id, a commit. */
export function RefPicker({ repository, value, onPick, label, branchesOnly }: RefPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const kind = value?.kind ?? "branch";
  const Icon = refIcons[kind];
  const name = value ? refText(value.id) : "choose";
  return (
    <Ariakit.PopoverProvider placement="bottom-start" open={isOpen} setOpen={setOpen}>
      <Ariakit.PopoverDisclosure className="button ref-button" aria-label={`${label ?? `${kind}: `}${name}`}>
        <Icon size={15} aria-hidden />
        <span className="cut">
          {label && <span className="soft">{label}</span>}
          {name}
        </span>
        <ChevronDown size={14} aria-hidden />
      </Ariakit.PopoverDisclosure>
      <Ariakit.Popover className="popover ref-popover" gutter={4} portal unmountOnHide aria-label="Choose a ref">
        <Choices
          repository={repository}
          branchesOnly={branchesOnly ?? false}
          current={value?.id ?? ""}
          onPick={(picked) => {
            setOpen(false);
            onPick(picked);
          }}
        />
      </Ariakit.Popover>
    </Ariakit.PopoverProvider>
  );
}

function Choices({ repository, branchesOnly, current, onPick }: {
  repository: string;
  branchesOnly: boolean;
  current: string;
  onPick: (picked: Picked) => void;
}) {
  const [kind, setKind] = useState<"branch" | "tag">("branch");
  const [filter, setFilter] = useState("");
  const prefix = filter.trim();
  const list = useQuery({
    queryKey: ["refs", repository, kind, "picker", prefix],
    queryFn: ({ signal }) =>
      (kind === "branch" ? listBranches : listTags)(repository, { prefix, amount: shown, signal }),
    placeholderData: (previous) => previous,
  });
  const Icon = refIcons[kind];
  return (
    <>
      {!branchesOnly && (
        <div className="tabs" role="tablist" aria-label="Kind of ref">
          {(["branch", "tag"] as const).map((each) => (
            <button key={each} type="button" role="tab" aria-selected={kind === each} onClick={() => setKind(each)}>
              {each === "branch" ? "Branches" : "Tags"}
            </button>
          ))}
        </div>
      )}
      <Ariakit.ComboboxProvider inputValue={filter} setInputValue={setFilter} defaultOpen>
        <Ariakit.Combobox
          className="input"
          autoSelect
          // The popover was opened to type here.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          placeholder={branchesOnly ? "Name begins with…" : "Name begins with…, or a commit ID"}
          aria-label="Filter"
        />
        <Ariakit.ComboboxList className="ref-list" aria-label="Refs" alwaysVisible>
          {!branchesOnly && commitId.test(prefix) && (
            <Ariakit.ComboboxItem className="menu-item" onClick={() => onPick({ id: prefix, kind: "commit" })} hideOnClick={false}>
              <GitCommitHorizontal size={15} aria-hidden /> Commit {shortId(prefix)}
            </Ariakit.ComboboxItem>
          )}
          {list.data?.results.map(({ id }) => (
            <Ariakit.ComboboxItem key={id} className="menu-item" onClick={() => onPick({ id, kind })} hideOnClick={false}>
              <Icon size={15} aria-hidden />
              <span className="cut">{id}</span>
              {id === current && <span className="badge accent">current</span>}
            </Ariakit.ComboboxItem>
          ))}
        </Ariakit.ComboboxList>
      </Ariakit.ComboboxProvider>
      {list.isPending && <Loading lines={3} />}
      {list.error && <Failure error={list.error} />}
      {list.data?.results.length === 0 && <p className="menu-note soft small">None begins so.</p>}
      {list.data?.pagination.has_more && <p className="menu-note soft small">There are more: type how the name begins.</p>}
    </>
  );
}
