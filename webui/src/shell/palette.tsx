// The command palette: Ctrl or Cmd with K, a few letters, Enter.
import * as Ariakit from "@ariakit/react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  CornerDownLeft, Database, File as FileIcon, Folder, GitBranch, GitCommitHorizontal, type LucideIcon, Search, Settings2, Tag,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useAccessKind } from "../api/access";
import { listObjects } from "../api/objects";
import { listBranches, listTags } from "../api/refs";
import { listRepositories, repositoryQuery } from "../api/repositories";
import { fit, fitting, meaningOf, placeOf } from "../lib/palette";
import { lakefsUri } from "../lib/paths";
import { Dialog } from "../ui/dialog";
import { tell, tellError } from "../ui/toasts";
import { copyText } from "../ui/values";
import {
  actionsAddress, branchesAddress, commitAddress, commitsAddress, compareAddress, credentialsAddress, groupsAddress,
  objectAddress, objectsAddress, policiesAddress, pullsAddress, repositoriesAddress, serverAddress, settingsAddress,
  tagsAddress, usersAddress,
} from "./addresses";
import "./palette.css";
import { setTheme, useTheme } from "./theme";

interface Item {
  key: string;
  title: string;
  icon: LucideIcon;
  /** Where it leads, or what it does. */
  go: string | (() => void);
  /** Beside the title, softly. */
  hint?: string;
  /** By which it is found, too. */
  words?: string;
}

interface Group {
  name: string;
  items: Item[];
}

const perGroup = 6;
const settleMs = 120;
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A button for the head of all pages; the shortcut works everywhere. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setOpen((old) => !old);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
  return (
    <>
      <button type="button" className="button palette-button" aria-keyshortcuts="Control+K Meta+K" onClick={() => setOpen(true)}>
        <Search size={15} aria-hidden />
        <span className="palette-name">Go to…</span>
        <kbd className="narrow-off">{isMac ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      <Dialog title="Go to or do" open={isOpen} onClose={() => setOpen(false)} footer={null}>
        <Palette onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function Palette({ onDone }: { onDone: () => void }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const groups = useGroups(typed.trim());
  const run = ({ go }: Item) => {
    onDone();
    if (typeof go === "string") void navigate(go);
    else go();
  };
  const found = groups.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <Ariakit.ComboboxProvider inputValue={typed} setInputValue={setTyped} defaultOpen>
      <Ariakit.Combobox
        className="input"
        autoSelect="always"
        // The palette was opened to type here.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        aria-label="Go to or do"
        placeholder="A repository, a branch, a path, an action…"
      />
      <Ariakit.ComboboxList className="palette-list" aria-label="Found" alwaysVisible>
        {groups.map(({ name, items }) => (
          <Ariakit.ComboboxGroup key={name}>
            <Ariakit.ComboboxGroupLabel className="palette-group">{name}</Ariakit.ComboboxGroupLabel>
            {items.map((item) => (
              <Row key={item.key} item={item} onPick={() => run(item)} />
            ))}
          </Ariakit.ComboboxGroup>
        ))}
      </Ariakit.ComboboxList>
      <p className={found > 0 ? "hidden" : "soft palette-none"} role="status">
        {found === 0 ? "Nothing is found." : `${found} found`}
      </p>
    </Ariakit.ComboboxProvider>
  );
}

function Row({ item: { title, hint, icon: Icon }, onPick }: { item: Item; onPick: () => void }): ReactNode {
  return (
    <Ariakit.ComboboxItem className="menu-item palette-item" onClick={onPick} hideOnClick={false} setValueOnClick={false} focusOnHover>
      <Icon size={16} aria-hidden />
      <span className="cut">{title}</span>
      {hint && <span className="soft small cut">{hint}</span>}
      <CornerDownLeft size={13} className="palette-enter" aria-hidden />
    </Ariakit.ComboboxItem>
  );
}

/** The value once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** What fits at once; what the server knows comes later, and what it said before stays while it fits. */
function useGroups(typed: string): Group[] {
  const { pathname, search } = useLocation();
  const queries = useQueryClient();
  const { repository, ref: addressed } = placeOf(pathname, search);
  const known = useQuery({ ...repositoryQuery(repository ?? ""), enabled: repository !== null });
  const ref = addressed ?? known.data?.default_branch ?? null;
  const meaning = meaningOf(typed);
  const isSought = typed !== "" && meaning.kind === "words";
  const asked = useSettled(typed);
  const theme = useTheme();
  const access = useAccessKind();

  const repositories = useQuery({
    queryKey: ["palette", "repositories", asked],
    queryFn: ({ signal }) => listRepositories(asked, "", signal),
    enabled: meaning.kind === "words",
    placeholderData: (previous) => previous,
  });
  const refs = useQuery({
    queryKey: ["palette", "refs", repository, asked],
    queryFn: async ({ signal }) => {
      const options = { prefix: asked, amount: perGroup, signal };
      const [branches, tags] = await Promise.all([listBranches(repository ?? "", options), listTags(repository ?? "", options)]);
      return { branches: branches.results, tags: tags.results };
    },
    enabled: repository !== null && isSought,
    placeholderData: (previous) => previous,
  });
  const objects = useQuery({
    queryKey: ["palette", "objects", repository, ref, asked],
    queryFn: ({ signal }) => listObjects({ repository: repository ?? "", ref: ref ?? "", prefix: asked }, { amount: perGroup, delimiter: "/", signal }),
    enabled: repository !== null && ref !== null && isSought,
    placeholderData: (previous) => previous,
  });

  const copy = (text: string) => void copyText(text).then(() => tell("The URI was copied."), tellError);
  const other = theme === "dark" ? "light" : "dark";
  const groups: Group[] = [];
  if (meaning.kind === "uri") groups.push({ name: "Address", items: [uriItem(meaning)] });
  if (meaning.kind === "commit" && repository) {
    groups.push({
      name: "Commit",
      items: [{ key: meaning.id, title: `Commit ${meaning.title}`, icon: GitCommitHorizontal, go: commitAddress(repository, meaning.id) }],
    });
  }
  if (repository) {
    const page = (title: string, go: string, words = ""): Item => ({ key: `page ${title}`, title, go, words, icon: Folder, hint: repository });
    groups.push({
      name: "Pages",
      items: fitting(
        [
          page("Objects", objectsAddress(repository, ref ?? ""), "files browse"),
          page("Uncommitted changes", objectsAddress(repository, ref ?? "", "", { showChanges: true }), "diff status"),
          page("Commits", commitsAddress(repository, ref ?? ""), "log history graph"),
          page("Branches", branchesAddress(repository)),
          page("Tags", tagsAddress(repository)),
          page("Compare", compareAddress(repository), "diff merge"),
          page("Pull Requests", pullsAddress(repository), "merge"),
          page("Actions", actionsAddress(repository), "hooks runs"),
          page("Settings", settingsAddress(repository), "protection retention"),
        ],
        typed,
      ),
    });
  }
  groups.push(
    {
      name: "Branches and tags",
      items: isSought
        ? [
            ...(refs.data?.branches ?? []).map(({ id }) => refItem(repository ?? "", id, GitBranch)),
            ...(refs.data?.tags ?? []).map(({ id }) => refItem(repository ?? "", id, Tag)),
          ].filter(({ title }) => title.startsWith(typed))
        : [],
    },
    {
      name: "Paths",
      items: (isSought ? (objects.data?.results ?? []) : []).filter(({ path }) => path.startsWith(typed)).map(({ path, path_type }) => {
        const isFolder = path_type === "common_prefix";
        return {
          key: `path ${path}`,
          title: path,
          icon: isFolder ? Folder : FileIcon,
          hint: ref ?? "",
          go: (isFolder ? objectsAddress : objectAddress)(repository ?? "", ref ?? "", path),
        };
      }),
    },
    {
      name: "Repositories",
      items: (repositories.data?.results ?? [])
        .filter(({ id }) => meaning.kind === "words" && fit(id, typed) > 0)
        .slice(0, perGroup)
        .map(({ id }) => ({ key: `repository ${id}`, title: id, icon: Database, go: objectsAddress(id) })),
    },
    {
      name: "Actions",
      items: fitting<Item>(
        [
          ...(repository && ref
            ? [
                { key: "upload", title: "Upload objects", icon: Settings2, go: objectsAddress(repository, ref, "", { upload: true }), words: "put add" },
                { key: "import", title: "Import objects", icon: Settings2, go: objectsAddress(repository, ref, "", { importDialog: true }) },
                { key: "copy", title: "Copy URI", icon: Settings2, go: () => copy(lakefsUri(repository, ref)), hint: lakefsUri(repository, ref) },
              ]
            : []),
          { key: "all", title: "All repositories", icon: Settings2, go: repositoriesAddress, words: "home create" },
          { key: "keys", title: "My Credentials", icon: Settings2, go: credentialsAddress, words: "access key secret" },
          ...(access === "levels" || access === "policies"
            ? [
                { key: "users", title: "Users", icon: Settings2, go: usersAddress, words: "administration accounts" },
                { key: "groups", title: "Groups", icon: Settings2, go: groupsAddress, words: "administration members" },
              ]
            : []),
          ...(access === "policies" ? [{ key: "policies", title: "Policies", icon: Settings2, go: policiesAddress, words: "administration permissions" }] : []),
          { key: "server", title: "Server", icon: Settings2, go: serverAddress, words: "version health permissions storage" },
          { key: "theme", title: `Use the ${other} theme`, icon: Settings2, go: () => setTheme(other), words: "dark light night" },
          { key: "refresh", title: "Refresh", icon: Settings2, go: () => void queries.invalidateQueries(), words: "reload" },
          { key: "out", title: "Log out", icon: Settings2, go: () => location.assign("/logout"), words: "leave" },
        ],
        typed,
      ),
    },
  );
  return groups.filter(({ items }) => items.length > 0);
}

const refItem = (repository: string, id: string, icon: LucideIcon): Item => ({
  key: `ref ${id}`,
  title: id,
  icon,
  go: objectsAddress(repository, id),
  hint: repository,
});

function uriItem({ repository, ref, path }: { repository: string; ref: string; path: string }): Item {
  const isFolder = path === "" || path.endsWith("/");
  return {
    key: "uri",
    title: lakefsUri(repository, ref, path),
    icon: isFolder ? Folder : FileIcon,
    go: isFolder ? objectsAddress(repository, ref, path) : objectAddress(repository, ref, path),
  };
}
