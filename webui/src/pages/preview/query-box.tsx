import { Download, Play, Square, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { count, formatBytes } from "../../lib/format";
import { lakefsUri } from "../../lib/paths";
import { saveBlob } from "../../lib/save";
import type { SqlResult } from "../../lib/sql-run";
import { Button, IconButton } from "../../ui/button";
import { Failure, Loading } from "../../ui/states";
import { tellError } from "../../ui/toasts";
import { CopyButton } from "../../ui/values";
import type { ShownObject } from "./bytes";
import { DataTable } from "./data-table";
import "./query.css";

/** What became of a query; null while none was run. */
export type Outcome = { isRunning: true } | { error: unknown } | { result: SqlResult; seconds: number } | null;

interface QueryBoxProps {
  object: ShownObject;
  outcome: Outcome;
  onOutcome: (outcome: Outcome) => void;
}

// DuckDB and what runs it are loaded with the first query.
const session = () => import("../../lib/sql-session");

/** Where SQL over the object, and all others of the server, is written. */
export function QueryBox({ object: { repository, branch, path }, outcome, onOutcome }: QueryBoxProps) {
  const queries = useQueryClient();
  const [sql, setSql] = useState(`SELECT * FROM '${lakefsUri(repository, branch, path).replaceAll("'", "''")}' LIMIT 20`);
  const running = useRef<AbortController | null>(null);
  const isRunning = outcome !== null && "isRunning" in outcome;
  useEffect(() => () => running.current?.abort(), []);

  const run = async () => {
    const controller = new AbortController();
    running.current = controller;
    const start = performance.now();
    onOutcome({ isRunning: true });
    try {
      const result = await (await session()).runOverObjects(sql, controller.signal);
      onOutcome({ result, seconds: (performance.now() - start) / 1000 });
      if (result.written.length > 0) await Promise.all(["objects", "changes"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    } catch (error) {
      if (!controller.signal.aborted) onOutcome({ error });
    } finally {
      if (running.current === controller) running.current = null;
    }
  };
  const cancel = () => {
    running.current?.abort();
    onOutcome({ error: "Cancelled. Tables that queries before this one made are gone." });
  };
  return (
    <form
      className="query"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning) void run();
      }}
    >
      <div className="syntax-editor">
        <textarea
          className="input mono"
          aria-label="SQL"
          rows={Math.min(12, Math.max(2, sql.split("\n").length))}
          value={sql}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setSql(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
          }}
        />
      </div>
      <div className="row wrap">
        <Button type="submit" look="primary" busy={isRunning} title="Ctrl+Enter, ⌘+Enter">
          <Play size={15} aria-hidden /> {isRunning ? "Executing..." : "Execute"}
        </Button>
        {isRunning && (
          <Button onClick={cancel}>
            <Square size={14} aria-hidden /> Cancel
          </Button>
        )}
        <span className="soft small">DuckDB in this browser. Any object is a table by its name, and COPY … TO 'lakefs://…' stores one.</span>
      </div>
    </form>
  );
}

/** In the place of the object, what a query over it said. */
export function QueryResult({ outcome, onClose }: { outcome: NonNullable<Outcome>; onClose: () => void }) {
  if ("isRunning" in outcome) return <Loading lines={6} />;
  return (
    <>
      <div className="preview-facts">
        <strong>{"error" in outcome ? "The query failed" : "Result"}</strong>
        {"result" in outcome && <Facts result={outcome.result} seconds={outcome.seconds} />}
        <IconButton label="Close the result" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      {"error" in outcome ? <Failure error={outcome.error} /> : <Result result={outcome.result} />}
    </>
  );
}

function Facts({ result, seconds }: { result: SqlResult; seconds: number }) {
  const [isSaving, setSaving] = useState(false);
  const { rows, columns, isCut, query } = result;
  const save = async () => {
    setSaving(true);
    try {
      saveBlob(await (await session()).exportResult(result, new AbortController().signal), "result.csv");
    } catch (error) {
      tellError(error);
    }
    setSaving(false);
  };
  return (
    <>
      <span>{isCut ? `the first ${count(rows.length, "row")}` : count(rows.length, "row")}</span>
      <span className="soft">{seconds.toFixed(seconds < 10 ? 2 : 0)} s</span>
      {query && (
        <>
          <CopyButton label="Copy the rows" text={[columns, ...rows].map((row) => row.map((cell) => cell?.replace(/[\t\n]/g, " ") ?? "").join("\t")).join("\n")} />
          <Button small busy={isSaving} onClick={() => void save()}>
            <Download size={14} aria-hidden /> CSV{isCut && " of all rows"}
          </Button>
        </>
      )}
    </>
  );
}

function Result({ result: { columns, types, rows, written } }: { result: SqlResult }) {
  return (
    <>
      {written.map(({ uri, bytes }) => (
        <p key={uri} className="preview-notes">
          Stored {uri}, {formatBytes(bytes)}. It is an uncommitted change of its branch.
        </p>
      ))}
      {columns.length > 0 && <DataTable label="Result of the query" columns={columns} rows={rows} {...(types.length > 0 && { types })} />}
      {columns.length === 0 && written.length === 0 && <p className="soft more">Done. It has no rows.</p>}
    </>
  );
}
