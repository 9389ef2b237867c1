import { Navigate, useParams } from "react-router";
import { settingsAddress } from "../../shell/addresses";
import { useRepository } from "../../shell/repository-frame";
import { Sections } from "../../shell/sections";
import { BranchProtection } from "./branch-protection";
import { General } from "./general";
import { RepositoryMetadata } from "./metadata";
import { Retention } from "./retention";
import "./settings.css";

const sections = [
  ["general", "General", General],
  ["branches", "Branches", BranchProtection],
  ["retention", "Retention", Retention],
  ["metadata", "Metadata", RepositoryMetadata],
] as const;

export default function SettingsPage() {
  const { id } = useRepository();
  const { section } = useParams();
  const found = sections.find(([name]) => name === section);
  if (!found) return <Navigate to={settingsAddress(id)} replace />;
  const [, , Section] = found;
  return (
    <Sections label="Settings" links={sections.map(([name, title]) => [settingsAddress(id, name), title])}>
      <Section />
    </Sections>
  );
}
