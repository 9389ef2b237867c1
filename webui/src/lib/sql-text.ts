// What a text of SQL is made of, as far as objects are concerned: its statements, and the lakefs://
// names in them. It checks nothing: DuckDB says what is wrong.

export interface ObjectName {
  /** "lakefs://repository/ref/path"; the path may be a pattern. */
  uri: string;
  /** Where it stands in its statement: the name alone. */
  start: number;
  end: number;
  use: "read" | "write";
  /** Where a call stands that only reads JSON; that takes the place of the name. */
  jsonCall?: { start: number; end: number };
  /** It stands for a table, not for an argument. */
  isTable: boolean;
}

export interface Statement {
  text: string;
  /** The first word in small letters; "(" too. */
  verb: string;
  names: ObjectName[];
}

interface Token {
  text: string;
  start: number;
}

// Blanks and comments; texts; names in quotes; texts in dollars; words; all else by one character.
const piece =
  /(\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\2\$|[\p{L}_][\p{L}\p{N}_]*|[\s\S]/gu;
const scheme = "lakefs://";
const jsonReaders = new Set(["read_json", "read_json_auto", "read_ndjson", "read_ndjson_auto"]);
const beforeTables = new Set(["from", "join"]);

/** The statements, without what is empty. */
export function statementsOf(sql: string): Statement[] {
  const found: Statement[] = [];
  let tokens: Token[] = [];
  let start = 0;
  const end = (at: number) => {
    const [first] = tokens;
    if (first) {
      found.push({ text: sql.slice(start, at).trim(), verb: first.text.toLowerCase(), names: namesIn(tokens, first.start) });
    }
    tokens = [];
    start = at + 1;
  };
  for (const { 0: text, 1: blank, index } of sql.matchAll(piece)) {
    if (text === ";") end(index);
    // A statement begins with its first word: what comments stand before it is left out.
    else if (blank === undefined) tokens.push({ text, start: index });
    else if (tokens.length === 0) start = index + text.length;
  }
  end(sql.length);
  return found;
}

function namesIn(tokens: Token[], origin: number): ObjectName[] {
  const names: ObjectName[] = [];
  const word = (index: number) => tokens[index]?.text.toLowerCase() ?? "";
  for (const [index, { text, start }] of tokens.entries()) {
    const quote = text.charAt(0);
    if (quote !== "'" && quote !== '"') continue;
    const uri = text.slice(1, -1).replaceAll(quote + quote, quote);
    if (!uri.startsWith(scheme)) continue;
    const name: ObjectName = {
      uri,
      start: start - origin,
      end: start - origin + text.length,
      use: word(index - 1) === "to" ? "write" : "read",
      isTable: beforeTables.has(word(index - 1)),
    };
    const call = tokens[index - 2];
    if (call && jsonReaders.has(word(index - 2)) && word(index - 1) === "(" && word(index + 1) === ")") {
      name.jsonCall = { start: call.start - origin, end: (tokens[index + 1]?.start ?? start) - origin + 1 };
    }
    names.push(name);
  }
  return names;
}

/** The text with other words in some places, which do not overlap and are in their order. */
export function replaced(text: string, changes: { start: number; end: number; by: string }[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, by } of changes) {
    result += text.slice(at, start) + by;
    at = end;
  }
  return result + text.slice(at);
}

export interface Place {
  repository: string;
  ref: string;
  path: string;
}

/** Where a lakefs:// name leads; null if it names no object. */
export function placeOf(uri: string): Place | null {
  const [, repository, ref, path] = /^lakefs:\/\/([^/]+)\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  return repository && ref && path ? { repository, ref, path } : null;
}

/** Whether a path is a pattern: "*" and "?" within a folder, "**" across folders, "[a-c]". */
export const isPattern = (path: string) => /[*?[]/.test(path);

/** What all paths that a pattern covers begin with. */
export const patternPrefix = (pattern: string) => pattern.slice(0, pattern.search(/[*?[]|$/));

export function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/?|\*|\?|\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1) return part.replace("[!", "[^").replaceAll("\\", "\\\\");
    return part.replace(/[.+^${}()|[\]\\/]/, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}

export const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`;
