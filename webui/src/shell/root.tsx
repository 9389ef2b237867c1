// The frame of all pages, and the gate to those that need a login.
import * as Ariakit from "@ariakit/react";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, LogOut, Moon, Server, Sun, UserRound, Users } from "lucide-react";
import { Suspense, useEffect } from "react";
import { Link, Navigate, Outlet, ScrollRestoration, useLocation, useNavigate } from "react-router";
import { useAccessKind } from "../api/access";
import { configQuery, setupQuery, userQuery } from "../api/session";
import { IconButton } from "../ui/button";
import { MenuSeparator } from "../ui/menu";
import { Failure, Loading } from "../ui/states";
import { credentialsAddress, goTo, loginAddress, repositoriesAddress, serverAddress, takeNext, usersAddress } from "./addresses";
import { CommandPalette } from "./palette";
import { setTheme, useTheme } from "./theme";

export function Root() {
  const user = useQuery(userQuery);
  return (
    <>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        <div className="inner row apart">
          <Link to={repositoriesAddress} className="brand">
            <Mark /> Tarn
          </Link>
          <div className="row">
            {user.data && <CommandPalette />}
            <ThemeButton />
            {user.data && <UserMenu name={user.data.friendly_name || user.data.id} />}
          </div>
        </div>
      </header>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
      <ScrollRestoration />
    </>
  );
}

function Mark() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" className="mark-ground" />
      <path d="M4 19 12 8l5 6 3-3.500 8 8.500z" className="mark-hill" />
      <path d="M5 22.500h22M9 26h14" className="mark-water" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}

function ThemeButton() {
  const theme = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <IconButton label={`Use the ${other} theme`} onClick={() => setTheme(other)}>
      {theme === "dark" ? <Sun size={17} /> : <Moon size={17} />}
    </IconButton>
  );
}

function UserMenu({ name }: { name: string }) {
  const config = useQuery(configQuery);
  const version = config.data?.version_config;
  const access = useAccessKind();
  return (
    <Ariakit.MenuProvider placement="bottom-end">
      <Ariakit.MenuButton className="button quiet">
        <UserRound size={16} aria-hidden /> {name}
      </Ariakit.MenuButton>
      <Ariakit.Menu className="popover" gutter={4} portal unmountOnHide>
        <Ariakit.MenuItem className="menu-item" render={<Link to={credentialsAddress} />}>
          <KeyRound size={16} /> My Credentials
        </Ariakit.MenuItem>
        {access !== null && access !== "none" && (
          <Ariakit.MenuItem className="menu-item" render={<Link to={usersAddress} />}>
            <Users size={16} /> Administration
          </Ariakit.MenuItem>
        )}
        <Ariakit.MenuItem className="menu-item" render={<Link to={serverAddress} />}>
          <Server size={16} /> Server
        </Ariakit.MenuItem>
        {/* The server ends the session and says where to go. */}
        {/* eslint-disable-next-line jsx-a11y/anchor-has-content -- the item gives the link its content */}
        <Ariakit.MenuItem className="menu-item" render={<a href="/logout" />}>
          <LogOut size={16} /> Log out
        </Ariakit.MenuItem>
        {version?.version && (
          <>
            <MenuSeparator />
            <p className="menu-note soft small">
              {version.version_context} {version.version}
              {version.upgrade_recommended && version.upgrade_url && (
                <>
                  {" "}
                  · <a href={version.upgrade_url}>{version.latest_version} is there</a>
                </>
              )}
            </p>
          </>
        )}
      </Ariakit.Menu>
    </Ariakit.MenuProvider>
  );
}

/** Pages below it are for users: others are led to the login, or to the set-up of a new server. */
export function RequireSession() {
  const user = useQuery(userQuery);
  const setup = useQuery({ ...setupQuery, enabled: user.data === null });
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  // A login elsewhere comes back to the start, not to where one was.
  const isBack = Boolean(user.data) && search === "" && (pathname === "/" || pathname === repositoriesAddress);
  useEffect(() => {
    const next = isBack ? takeNext() : null;
    if (next) goTo(next, navigate);
  }, [isBack, navigate]);
  if (user.data) return <Outlet />;
  const error = user.error ?? setup.error;
  if (error) {
    return (
      <main id="content" className="inner page">
        <Failure error={error} retry={() => void user.refetch()} />
      </main>
    );
  }
  if (user.data === undefined || setup.data === undefined) return <Loading />;
  if (setup.data.state === "not_initialized") return <Navigate to="/setup" replace />;
  return <Navigate to={loginAddress(pathname + search)} state={{ redirected: true }} replace />;
}
