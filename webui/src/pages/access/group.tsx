import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ScrollText, UserRound, Users } from "lucide-react";
import { useState } from "react";
import { Link, Navigate, NavLink, useParams } from "react-router";
import {
  accessKey, addMember, attachPolicy, detachPolicy, groupQuery, levelQuery, levels, listMembers, listPolicies,
  listPoliciesOf, listUsers, removeMember, setLevel, useAccessKind,
} from "../../api/access";
import { groupAddress, groupsAddress, policyAddress, userAddress } from "../../shell/addresses";
import { Select } from "../../ui/field";
import { Failure, Loading } from "../../ui/states";
import { tell } from "../../ui/toasts";
import { Attached } from "./attached";
import { MissingOr } from "./frame";

const sections = [
  ["members", "Members", Members],
  ["policies", "Policies", GroupPolicies],
] as const;

export default function GroupPage() {
  const { group: id = "", section = "" } = useParams();
  const group = useQuery(groupQuery(id));
  const access = useAccessKind();
  const offered = sections.filter(([name]) => access === "policies" || name !== "policies");
  const found = offered.find(([name]) => name === section);
  if (!found) return <Navigate to={groupAddress(id)} replace />;
  if (group.error) return <MissingOr error={group.error} retry={() => void group.refetch()} icon={Users} title={`There is no group ${id}`} />;
  if (!group.data) return <Loading />;
  const [, , Section] = found;
  return (
    <div className="stack">
      <div className="stack tight">
        <Link to={groupsAddress} className="soft">
          Groups
        </Link>
        <h1 className="break">{id}</h1>
        {group.data.description && <p className="soft break">{group.data.description}</p>}
      </div>
      {access === "levels" && <Level group={id} />}
      {offered.length > 1 && (
        <nav className="repository-tabs access-tabs" aria-label={`Of ${id}`}>
          {offered.map(([name, title]) => (
            <NavLink key={name} to={groupAddress(id, name)}>
              {title}
            </NavLink>
          ))}
        </nav>
      )}
      <Section group={id} />
    </div>
  );
}

/** What all members may do, on a server without policies. */
function Level({ group }: { group: string }) {
  const queries = useQueryClient();
  const level = useQuery(levelQuery(group));
  const [error, setError] = useState<unknown>(null);
  const choose = async (chosen: string) => {
    setError(null);
    try {
      await setLevel(group, chosen);
      tell(`${group} may ${chosen} now.`);
    } catch (failure) {
      setError(failure);
    }
    await queries.invalidateQueries({ queryKey: [accessKey] });
  };
  if (level.error) return <Failure error={level.error} retry={() => void level.refetch()} />;
  if (level.data === undefined) return <Loading lines={1} />;
  return (
    <div className="card padded stack">
      <Select
        label="Permission"
        hint="Read: see everything. Write: change objects, branches and tags too. Super: also repositories. Admin: everything, users too."
        value={level.data ?? ""}
        onChange={(event) => void choose(event.target.value)}
      >
        {!level.data && <option value="">{level.data === null ? "as its policies say" : "none yet"}</option>}
        {levels.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </Select>
      {error !== null && <Failure error={error} />}
    </div>
  );
}

function Members({ group }: { group: string }) {
  return (
    <Attached
      owner={group}
      title="Members"
      one="user"
      many="users"
      icon={UserRound}
      verb="Add"
      list={(options) => listMembers(group, options)}
      candidates={listUsers}
      address={userAddress}
      attach={(user) => addMember(group, user)}
      detach={(user) => removeMember(group, user)}
    />
  );
}

function GroupPolicies({ group }: { group: string }) {
  return (
    <Attached
      owner={group}
      title="Policies"
      one="policy"
      many="policies"
      icon={ScrollText}
      verb="Attach"
      list={(options) => listPoliciesOf("groups", group, options)}
      candidates={listPolicies}
      address={policyAddress}
      attach={(policy) => attachPolicy("groups", group, policy)}
      detach={(policy) => detachPolicy("groups", group, policy)}
    />
  );
}
