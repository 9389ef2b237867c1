import { useQuery } from "@tanstack/react-query";
import { ScrollText, UserRound, Users } from "lucide-react";
import { Link, Navigate, NavLink, useParams } from "react-router";
import {
  accountQuery, addMember, attachPolicy, detachPolicy, effectivePoliciesQuery, listGroups, listGroupsOf, listPolicies,
  listPoliciesOf, removeMember, useAccessKind,
} from "../../api/access";
import { formatTime } from "../../lib/format";
import { groupAddress, policyAddress, userAddress, usersAddress } from "../../shell/addresses";
import { Empty, Failure, Loading } from "../../ui/states";
import { Attached } from "./attached";
import { MissingOr } from "./frame";
import { KeyList } from "./key-list";
import { PolicyTable } from "./policy-table";

const sections = [
  ["groups", "Groups", UserGroups],
  ["policies", "Policies", UserPolicies],
  ["policies/effective", "Effective Permissions", Effective],
  ["credentials", "Credentials", Keys],
] as const;

export default function UserPage() {
  const { user: id = "", section = "", part } = useParams();
  const account = useQuery(accountQuery(id));
  const access = useAccessKind();
  const offered = sections.filter(([name]) => access === "policies" || !name.startsWith("policies"));
  const found = offered.find(([name]) => name === (part ? `${section}/${part}` : section));
  if (!found) return <Navigate to={userAddress(id)} replace />;
  if (account.error) return <MissingOr error={account.error} retry={() => void account.refetch()} icon={UserRound} title={`There is no user ${id}`} />;
  if (!account.data) return <Loading />;
  const [, , Section] = found;
  const { email, friendly_name, creation_date } = account.data;
  return (
    <div className="stack">
      <div className="stack tight">
        <Link to={usersAddress} className="soft">
          Users
        </Link>
        <h1 className="break">{id}</h1>
        <p className="soft break">
          {[friendly_name, email, creation_date > 0 && `since ${formatTime(creation_date)}`].filter(Boolean).join(" · ")}
        </p>
      </div>
      <nav className="repository-tabs access-tabs" aria-label={`Of ${id}`}>
        {offered.map(([name, title]) => (
          <NavLink key={name} to={userAddress(id, name)} end>
            {title}
          </NavLink>
        ))}
      </nav>
      <Section user={id} />
    </div>
  );
}

function UserGroups({ user }: { user: string }) {
  return (
    <Attached
      owner={user}
      title="Groups"
      one="group"
      many="groups"
      icon={Users}
      verb="Add"
      list={(options) => listGroupsOf(user, options)}
      candidates={listGroups}
      address={groupAddress}
      attach={(group) => addMember(group, user)}
      detach={(group) => removeMember(group, user)}
    />
  );
}

function UserPolicies({ user }: { user: string }) {
  return (
    <Attached
      owner={user}
      title="Policies"
      one="policy"
      many="policies"
      icon={ScrollText}
      verb="Attach"
      list={(options) => listPoliciesOf("users", user, options)}
      candidates={listPolicies}
      address={policyAddress}
      attach={(policy) => attachPolicy("users", user, policy)}
      detach={(policy) => detachPolicy("users", user, policy)}
    />
  );
}

function Effective({ user }: { user: string }) {
  const policies = useQuery(effectivePoliciesQuery(user));
  return (
    <section className="card" aria-label="Effective permissions">
      <div className="card-head">
        <h2>Effective permissions</h2>
        <span className="soft narrow-off">of own policies and those of groups</span>
      </div>
      {policies.error ? (
        <Failure error={policies.error} retry={() => void policies.refetch()} />
      ) : policies.data === undefined ? (
        <Loading lines={3} />
      ) : !policies.data || policies.data.length === 0 ? (
        <Empty icon={ScrollText} title="No policy applies">
          <p>{user} may do nothing.</p>
        </Empty>
      ) : (
        <PolicyTable policies={policies.data} />
      )}
    </section>
  );
}

function Keys({ user }: { user: string }) {
  return <KeyList user={user} />;
}
