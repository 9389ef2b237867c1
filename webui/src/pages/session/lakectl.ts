import type { Credentials } from "../../api/types";

/** What ~/.lakectl.yaml says for a key of the server at `origin`. */
export function lakectlSettings(key: Credentials, origin: string): string {
  return `credentials:
  access_key_id: ${key.access_key_id}
  secret_access_key: ${key.secret_access_key}
server:
  endpoint_url: ${origin}
`;
}
