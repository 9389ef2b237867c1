import { Download } from "lucide-react";
import { useEffect, useMemo } from "react";
import type { Credentials } from "../../api/types";
import { CopyButton } from "../../ui/values";
import { lakectlSettings } from "./lakectl";

/** A new key with its secret. */
export function KeyView({ credentials }: { credentials: Credentials }) {
  return (
    <div className="stack tight">
      <span className="label">Access Key ID</span>
      <div className="secret">
        <code>{credentials.access_key_id}</code>
        <CopyButton text={credentials.access_key_id} label="Copy the access key ID" />
      </div>
      <span className="label">Secret Access Key</span>
      <div className="secret">
        <code>{credentials.secret_access_key}</code>
        <CopyButton text={credentials.secret_access_key} label="Copy the secret access key" />
      </div>
    </div>
  );
}

/** The key as the settings of lakectl. */
export function KeyDownload({ credentials }: { credentials: Credentials }) {
  const file = useMemo(
    () =>
      URL.createObjectURL(new Blob([lakectlSettings(credentials, location.origin)], { type: "application/yaml" })),
    [credentials],
  );
  useEffect(() => () => URL.revokeObjectURL(file), [file]);
  return (
    <a className="button" href={file} download="lakectl.yaml">
      <Download size={16} aria-hidden /> Download credentials
    </a>
  );
}
