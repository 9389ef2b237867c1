// The ref and the path that the address of a page names.
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { refQuery } from "../../api/refs";
import { useRepository } from "../../shell/repository-frame";

/** `ref` is a text at once; `resolved`, what it means, comes later. */
export function useAddressedRef() {
  const repository = useRepository();
  const [parameters] = useSearchParams();
  const ref = parameters.get("ref") ?? repository.default_branch;
  const path = parameters.get("path") ?? "";
  const resolved = useQuery(refQuery(repository.id, ref));
  return { repository, ref, path, resolved, parameters };
}
