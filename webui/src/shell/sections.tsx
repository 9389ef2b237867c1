import type { ReactNode } from "react";
import { NavLink } from "react-router";
import "./sections.css";

interface SectionsProps {
  /** Names the list of links. */
  label: string;
  links: readonly (readonly [address: string, title: string])[];
  children: ReactNode;
}

/** A page with its sections at the side. */
export function Sections({ label, links, children }: SectionsProps) {
  return (
    <div className="sections">
      <nav aria-label={label}>
        {links.map(([address, title]) => (
          <NavLink key={address} to={address}>
            {title}
          </NavLink>
        ))}
      </nav>
      {children}
    </div>
  );
}
