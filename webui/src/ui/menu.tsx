import * as Ariakit from "@ariakit/react";
import { MoreHorizontal } from "lucide-react";
import { type ReactNode, useEffect } from "react";

/** The menu of a row: a button with three dots. It has no name of its row: cells are found by that. */
export function RowMenu({ children }: { children: ReactNode }) {
  return (
    <Ariakit.MenuProvider placement="bottom-end">
      <Ariakit.MenuButton className="button quiet icon" aria-label="Actions">
        <MoreHorizontal size={16} />
      </Ariakit.MenuButton>
      <Ariakit.Menu className="popover" gutter={4} portal unmountOnHide>
        {children}
      </Ariakit.Menu>
    </Ariakit.MenuProvider>
  );
}

/** A button for a menu that many rows share; it costs next to nothing until it is pressed. */
export function SharedMenuButton({ isOpen, onOpen }: { isOpen: boolean; onOpen: (button: HTMLElement) => void }) {
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label="Actions"
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={(event) => onOpen(event.currentTarget)}
    >
      <MoreHorizontal size={16} aria-hidden />
    </button>
  );
}

/** The menu that many rows share, at the button of the row that opened it. */
export function SharedMenu({ button, open, onClose, children }: {
  button: HTMLElement;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const menu = Ariakit.useMenuStore({
    placement: "bottom-end",
    open,
    setOpen: (isOpen) => {
      if (!isOpen) onClose();
    },
  });
  useEffect(() => {
    menu.setAnchorElement(button);
    menu.setDisclosureElement(button);
    menu.setAutoFocusOnShow(true);
    menu.setInitialFocus("first");
  }, [menu, button, open]);
  return (
    <Ariakit.Menu store={menu} className="popover" gutter={4} portal unmountOnHide finalFocus={button} aria-label="Actions">
      {children}
    </Ariakit.Menu>
  );
}

export function MenuItem({ onClick, danger, disabled, children }: {
  onClick: () => void;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <Ariakit.MenuItem className={danger ? "menu-item danger" : "menu-item"} onClick={onClick} disabled={disabled ?? false}>
      {children}
    </Ariakit.MenuItem>
  );
}

export function MenuLink({ href, download, children }: { href: string; download?: string; children: ReactNode }) {
  return (
    <Ariakit.MenuItem
      className="menu-item"
      // The item gives the link its content.
      // eslint-disable-next-line jsx-a11y/anchor-has-content
      render={<a href={href} download={download} />}
    >
      {children}
    </Ariakit.MenuItem>
  );
}

export const MenuSeparator = () => <Ariakit.MenuSeparator className="menu-separator" />;
