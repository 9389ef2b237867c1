import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { effectivePoliciesQuery } from "../../api/access";
import { healthQuery } from "../../api/server";
import { configQuery, userQuery } from "../../api/session";
import type { StorageConfig } from "../../api/types";
import { Failure, Loading } from "../../ui/states";
import { PolicyTable } from "../access/policy-table";
import "./server.css";

/** The server: version, health, stores, and what the user may do. */
export default function ServerPage() {
  const config = useQuery(configQuery);
  if (config.error) return <Failure error={config.error} retry={() => void config.refetch()} />;
  const version = config.data?.version_config;
  const list = config.data?.storage_config_list ?? [];
  const stores = list.length > 0 ? list : config.data?.storage_config ? [config.data.storage_config] : [];
  return (
    <main id="content" className="inner page stack wide">
      <h1>Server</h1>
      {config.data ? (
        <>
          <section className="card padded stack" aria-label="Version and health">
            <dl className="facts">
              <dt>Version</dt>
              <dd>
                {version?.version_context} {version?.version}
                {version?.upgrade_recommended && version.upgrade_url && (
                  <>
                    {" "}
                    · <a href={version.upgrade_url}>{version.latest_version} is there</a>
                  </>
                )}
              </dd>
              <dt>Address</dt>
              <dd className="mono">{location.origin}</dd>
              <dt>Health</dt>
              <dd>
                <Health />
              </dd>
              <dt>Contract</dt>
              <dd>
                <a href="/openapi.json">openapi.json</a>
              </dd>
            </dl>
          </section>
          {stores.map((store) => (
            <Store key={store.blockstore_id ?? ""} store={store} />
          ))}
        </>
      ) : (
        <Loading />
      )}
      <Permissions />
    </main>
  );
}

function Health() {
  const health = useQuery(healthQuery);
  if (health.error) {
    return (
      <span className="badge bad">
        <CircleX size={12} aria-hidden /> {health.error.message}
      </span>
    );
  }
  if (health.data === undefined) return "…";
  return (
    <>
      <span className="badge good">
        <CircleCheck size={12} aria-hidden /> well
      </span>{" "}
      <span className="soft small">answered in {Math.max(1, Math.round(health.data))} ms</span>
    </>
  );
}

const names: Record<string, string> = { local: "Local files", s3: "S3", gs: "Google Cloud Storage", azure: "Azure Blob Storage", mem: "Memory" };
const yesNo = (value: boolean) => (value ? "yes" : "no");

function Store({ store }: { store: StorageConfig }) {
  const name = names[store.blockstore_type] ?? store.blockstore_type;
  return (
    <section className="card padded stack" aria-label={`Store ${store.blockstore_id ?? ""}`}>
      <h2>
        {name}
        {store.blockstore_id && <span className="soft"> {store.blockstore_id}</span>}
      </h2>
      {store.blockstore_description && <p>{store.blockstore_description}</p>}
      <dl className="facts">
        <dt>Namespaces</dt>
        <dd className="mono">{store.default_namespace_prefix || store.blockstore_namespace_example}</dd>
        <dt>Import in place</dt>
        <dd>{yesNo(store.import_support)}</dd>
        <dt>Presigned addresses</dt>
        <dd>{yesNo(store.pre_sign_support)}</dd>
      </dl>
    </section>
  );
}

function Permissions() {
  const user = useQuery(userQuery);
  const id = user.data?.id ?? "";
  const policies = useQuery({ ...effectivePoliciesQuery(id), enabled: id !== "" });
  return (
    <section className="card" aria-label="Your permissions">
      <div className="card-head">
        <h2>Your permissions</h2>
        <span className="soft">{id}</span>
      </div>
      {policies.error ? (
        <Failure error={policies.error} retry={() => void policies.refetch()} />
      ) : policies.data === undefined ? (
        <Loading lines={3} />
      ) : policies.data === null ? (
        <p className="server-note">This server has no policies: who has a key may do everything.</p>
      ) : policies.data.length === 0 ? (
        <p className="server-note">No policy applies to you. Ask an administrator for access.</p>
      ) : (
        <PolicyTable policies={policies.data} />
      )}
    </section>
  );
}
