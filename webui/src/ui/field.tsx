import { Plus, Search, X } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import type { Metadata } from "../api/types";
import { Button, IconButton } from "./button";

type InputProps = Omit<ComponentProps<"input">, "className" | "id">;

interface FieldProps {
  label: string;
  hint?: ReactNode;
  wrong?: string | null | undefined;
}

export function Field({ label, hint, wrong, ...input }: InputProps & FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className="input"
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-about`}
        autoComplete={input.autoComplete ?? "off"}
        spellCheck={false}
      />
      <About id={`${id}-about`} hint={hint} wrong={wrong} />
    </div>
  );
}

export function TextArea({ label, hint, wrong, ...area }: Omit<ComponentProps<"textarea">, "className" | "id"> & FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea {...area} id={id} className="input" aria-invalid={wrong ? true : undefined} aria-describedby={`${id}-about`} />
      <About id={`${id}-about`} hint={hint} wrong={wrong} />
    </div>
  );
}

function About({ id, hint, wrong }: { id: string; hint: ReactNode; wrong: string | null | undefined }) {
  if (wrong) {
    return (
      <span id={id} className="wrong" role="alert">
        {wrong}
      </span>
    );
  }
  return hint ? (
    <span id={id} className="hint">
      {hint}
    </span>
  ) : null;
}

export function Select({ label, hint, children, ...select }: Omit<ComponentProps<"select">, "className" | "id"> & FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id} className="input">
        {children}
      </select>
      {hint && <span className="hint">{hint}</span>}
    </div>
  );
}

export function CheckBox({ label, hint, ...input }: InputProps & { label: string; hint?: string }) {
  return (
    <label className="check">
      <input {...input} type="checkbox" />
      <span>
        {label}
        {hint && <span className="soft small"> {hint}</span>}
      </span>
    </label>
  );
}

export function SearchBox({ label, ...input }: InputProps & { label: string }) {
  return (
    <div className="search grow">
      <Search size={16} aria-hidden />
      <input {...input} type="search" aria-label={label} placeholder={input.placeholder ?? label} className="input" spellCheck={false} />
    </div>
  );
}

export type Pair = [key: string, value: string];

/** What is wrong with the pairs; null if they can be sent. */
export function pairsError(pairs: Pair[]): string | null {
  const keys = pairs.map(([key]) => key.trim());
  if (keys.some((key) => key === "")) return "Each metadata field needs a key.";
  if (new Set(keys).size < keys.length) return "Each metadata key may stand once.";
  return null;
}

export const pairsToMetadata = (pairs: Pair[]): Metadata =>
  Object.fromEntries(pairs.map(([key, value]) => [key.trim(), value]));

/** Keys and values that go with a commit. */
export function MetadataFields({ pairs, onChange }: { pairs: Pair[]; onChange: (pairs: Pair[]) => void }) {
  const change = (at: number, pair: Pair) => onChange(pairs.map((old, index) => (index === at ? pair : old)));
  return (
    <div className="stack tight">
      {pairs.map(([key, value], index) => (
        <div className="row" key={index}>
          <input className="input" placeholder="Key" aria-label={`Key ${index + 1}`} value={key} onChange={(event) => change(index, [event.target.value, value])} />
          <input className="input" placeholder="Value" aria-label={`Value ${index + 1}`} value={value} onChange={(event) => change(index, [key, event.target.value])} />
          <IconButton label={`Remove field ${index + 1}`} onClick={() => onChange(pairs.filter((_, other) => other !== index))}>
            <X size={16} />
          </IconButton>
        </div>
      ))}
      <div>
        <Button small onClick={() => onChange([...pairs, ["", ""]])}>
          <Plus size={14} /> Add Metadata field
        </Button>
      </div>
    </div>
  );
}
