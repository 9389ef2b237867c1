import * as Ariakit from "@ariakit/react";
import { X } from "lucide-react";
import { createContext, type ReactNode, type SyntheticEvent, useState, useContext } from "react";
import { Button } from "./button";
import { Failure } from "./states";

export interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  shape?: "wide" | "side";
  /** Clicks outside do not close it: something would be lost. */
  steady?: boolean;
}

/** Where the focus goes when a dialog below it closes: for those opened by what is gone by then, as an item of a menu. */
export const FocusBack = createContext<HTMLElement | null>(null);

/** A modal dialog, or a panel at the side; holds the focus, closes by Escape. */
export function Dialog({ title, open, onClose, children, footer, shape, steady }: DialogProps) {
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      unmountOnHide
      finalFocus={useContext(FocusBack)}
      hideOnInteractOutside={!steady}
      backdrop={<div className="backdrop" />}
      className={shape ? `dialog ${shape}` : "dialog"}
    >
      <header>
        <Ariakit.DialogHeading className="dialog-title break">{title}</Ariakit.DialogHeading>
      </header>
      {footer === undefined ? children : <div className="dialog-body">{children}</div>}
      {footer && <footer>{footer}</footer>}
      {/* Last, so that the focus begins with what is asked. */}
      <Ariakit.DialogDismiss className="button quiet icon dismiss" aria-label="Dismiss">
        <X size={18} />
      </Ariakit.DialogDismiss>
    </Ariakit.Dialog>
  );
}

export interface FormDialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  /** Rejects with what went wrong, which is then shown; the dialog closes when it is done. */
  onSubmit: () => Promise<unknown>;
  submit: string;
  cancel?: string;
  disabled?: boolean;
  danger?: boolean;
  shape?: "wide";
  children: ReactNode;
}

/** A dialog that asks and does one thing. Ctrl or Cmd with Enter does it from any field. */
export function FormDialog(props: FormDialogProps) {
  return (
    <Dialog
      title={props.title}
      open={props.open}
      onClose={props.onClose}
      steady
      {...(props.shape && { shape: props.shape })}
    >
      <DialogForm {...props} />
    </Dialog>
  );
}

function DialogForm({ onSubmit, onClose, submit, cancel = "Cancel", disabled, danger, children }: FormDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const go = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (isBusy || disabled) return;
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a shortcut; the button does the same
    <form
      onSubmit={(event) => void go(event)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void go(event);
      }}
      noValidate
    >
      <div className="dialog-body stack">
        {children}
        {error !== null && <Failure error={error} />}
      </div>
      <footer>
        <Button onClick={onClose}>{cancel}</Button>
        <Button type="submit" look={danger ? "danger" : "primary"} busy={isBusy} disabled={disabled ?? false}>
          {submit}
        </Button>
      </footer>
    </form>
  );
}

export interface ConfirmProps {
  title: string;
  open: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
  children: ReactNode;
}

/** Asks before something is lost. */
export function Confirm({ title, open, onClose, onConfirm, children }: ConfirmProps) {
  return (
    <FormDialog title={title} open={open} onClose={onClose} onSubmit={onConfirm} submit="Yes" cancel="No" danger>
      {children}
    </FormDialog>
  );
}
