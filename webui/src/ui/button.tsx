import * as Ariakit from "@ariakit/react";
import type { ComponentProps, ReactNode } from "react";
import { Link, type LinkProps } from "react-router";

type Look = "primary" | "danger" | "quiet" | "plain";

interface Looks {
  look?: Look;
  small?: boolean;
}

const className = ({ look = "plain", small }: Looks, extra = "") =>
  ["button", look === "plain" ? "" : look, small ? "small" : "", extra].filter(Boolean).join(" ");

export type ButtonProps = Omit<ComponentProps<"button">, "className"> & Looks & { busy?: boolean };

/** `busy`: its work runs; it says so and cannot be pressed again. */
export function Button({ look, small, busy, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={className({ ...(look && { look }), ...(small && { small }) })}
      disabled={(disabled ?? false) || (busy ?? false)}
      aria-busy={busy || undefined}
    />
  );
}

export function LinkButton({ look, small, ...rest }: Omit<LinkProps, "className"> & Looks) {
  return <Link {...rest} className={className({ ...(look && { look }), ...(small && { small }) })} />;
}

/** A button that shows an icon only; `label` names it, also on hover. */
export function IconButton({
  label,
  children,
  look = "quiet",
  ...rest
}: Omit<ComponentProps<"button">, "className"> & { label: string; look?: Look; children: ReactNode }) {
  return (
    <Ariakit.TooltipProvider timeout={400}>
      <Ariakit.TooltipAnchor
        render={<button {...rest} type="button" aria-label={label} className={className({ look }, "icon")} />}
      >
        {children}
      </Ariakit.TooltipAnchor>
      <Ariakit.Tooltip className="tooltip" gutter={6} unmountOnHide>
        {label}
      </Ariakit.Tooltip>
    </Ariakit.TooltipProvider>
  );
}
