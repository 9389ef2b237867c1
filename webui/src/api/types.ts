// What the server's contract (/openapi.json) says about the values that the pages use.

export interface Pagination {
  has_more: boolean;
  next_offset: string;
  results: number;
  max_per_page: number;
}

export interface Page<Row> {
  pagination: Pagination;
  results: Row[];
}

export type Metadata = Record<string, string>;

export interface LoginConfig {
  RBAC?: "none" | "simplified" | "internal" | "external";
  username_ui_placeholder?: string;
  password_ui_placeholder?: string;
  login_url: string;
  login_url_method?: "none" | "redirect" | "select";
  login_failed_message?: string;
  fallback_login_url?: string;
  fallback_login_label?: string;
  login_cookie_names: string[];
  logout_url: string;
}

export interface SetupState {
  state?: "initialized" | "not_initialized";
  login_config?: LoginConfig;
}

export interface Credentials {
  access_key_id: string;
  secret_access_key: string;
  creation_date: number;
}

export interface User {
  id: string;
  friendly_name?: string;
  email?: string;
}

export interface StorageConfig {
  blockstore_type: string;
  blockstore_id?: string;
  blockstore_description?: string;
  blockstore_namespace_example: string;
  blockstore_namespace_ValidityRegex: string;
  default_namespace_prefix?: string;
  pre_sign_support: boolean;
  pre_sign_support_ui: boolean;
  pre_sign_multipart_upload?: boolean;
  import_support: boolean;
  import_validity_regex: string;
}

export interface Config {
  version_config?: {
    version?: string;
    version_context?: string;
    latest_version?: string;
    upgrade_recommended?: boolean;
    upgrade_url?: string;
  };
  storage_config?: StorageConfig;
  /** Empty where there is one store only. */
  storage_config_list?: StorageConfig[];
}

export interface Repository {
  id: string;
  /** Seconds since 1970, as all times in numbers. */
  creation_date: number;
  default_branch: string;
  storage_id?: string;
  storage_namespace: string;
  read_only?: boolean;
}

/** A branch or a tag. */
export interface Ref {
  id: string;
  commit_id: string;
}

export interface Commit {
  id: string;
  parents: string[];
  committer: string;
  message: string;
  creation_date: number;
  metadata?: Metadata;
}

export interface ObjectStats {
  path: string;
  path_type: "object" | "common_prefix";
  physical_address: string;
  checksum: string;
  size_bytes?: number;
  mtime: number;
  metadata?: Metadata;
  content_type?: string;
}

export type DiffType = "added" | "removed" | "changed" | "conflict" | "prefix_changed";

export interface Diff {
  type: DiffType;
  path: string;
  path_type: "object" | "common_prefix";
  size_bytes?: number;
}

export interface ImportLocation {
  type: "object" | "common_prefix";
  path: string;
  destination: string;
}

export interface ImportStatus {
  completed: boolean;
  update_time: string;
  ingested_objects?: number;
  commit?: Commit;
  error?: { message: string };
}

export interface PullRequest {
  id: string;
  title: string;
  description: string;
  status: "open" | "closed" | "merged";
  creation_date: string;
  author: string;
  source_branch: string;
  destination_branch: string;
  merged_commit_id?: string;
  closed_date?: string;
}

export interface BranchProtectionRule {
  pattern: string;
}
