import { Outlet, useLocation } from "react-router";
import { ServerOff, type LucideIcon } from "lucide-react";
import { isStatus } from "../../api/client";
import { type AccessKind, useAccessKind } from "../../api/access";
import { credentialsAddress, groupsAddress, policiesAddress, usersAddress } from "../../shell/addresses";
import { Sections } from "../../shell/sections";
import { Empty, Failure, Loading } from "../../ui/states";
import "./access.css";

const links: Record<NonNullable<AccessKind>, readonly (readonly [address: string, title: string])[]> = {
  none: [[credentialsAddress, "My Credentials"]],
  levels: [[credentialsAddress, "My Credentials"], [usersAddress, "Users"], [groupsAddress, "Groups"]],
  policies: [[credentialsAddress, "My Credentials"], [usersAddress, "Users"], [groupsAddress, "Groups"], [policiesAddress, "Policies"]],
};

/** Around the pages of administration: only what this server has. */
export default function AccessFrame() {
  const access = useAccessKind();
  const { pathname } = useLocation();
  if (access === null) return <Loading />;
  const isThere = links[access].some(([address]) => pathname === address || pathname.startsWith(`${address}/`));
  return (
    <main id="content" className="inner page">
      <Sections label="Administration" links={links[access]}>
        {isThere ? (
          <Outlet />
        ) : (
          <div className="card">
            <Empty icon={ServerOff} title="This server does not have this">
              <p>
                {access === "none"
                  ? "It has one user, who may do everything. Users, groups and policies need a service that keeps them."
                  : "Its groups have one level each instead of policies."}
              </p>
            </Empty>
          </div>
        )}
      </Sections>
    </main>
  );
}

/** What an address names, or why it is not shown. */
export function MissingOr({ error, retry, icon, title }: { error: Error; retry: () => void; icon: LucideIcon; title: string }) {
  if (!isStatus(error, 404)) return <Failure error={error} retry={retry} />;
  return (
    <div className="card">
      <Empty icon={icon} title={title}>
        <p>It may have been deleted.</p>
      </Empty>
    </div>
  );
}
