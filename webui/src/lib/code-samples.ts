// Code that reads an object, a folder or a whole ref with the tools that people have. No secret is
// ever in it: keys are taken from the environment, under the names that lakectl and the SDKs use.
import type { Language } from "./languages";
import { baseName, extension, lakefsUri } from "./paths";

export interface SampleTarget {
  /** Of the server: "https://lake.example.org". */
  endpoint: string;
  repository: string;
  ref: string;
  /** An object, a folder ("a/") or, if empty, all of the ref. */
  path: string;
}

export interface Sample {
  tool: string;
  language: Language;
  text: string;
}

// JSON's texts are Python's texts.
const python = (text: string) => JSON.stringify(text);
const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const sql = (text: string) => `'${text.replaceAll("'", "''")}'`;

const keyName = "LAKECTL_CREDENTIALS_ACCESS_KEY_ID";
const secretName = "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY";
const region = "us-east-1";

type Format = "parquet" | "csv" | "json" | null;

function formatOf(path: string): Format {
  const name = path.replace(/\.gz$/i, "");
  return ({ parquet: "parquet", csv: "csv", tsv: "csv", jsonl: "json", ndjson: "json", json: "json" } as const)[extension(name)] ?? null;
}

const isFolder = (path: string) => path === "" || path.endsWith("/");
/** A name of a local file or folder that no tool takes for an option. */
const localName = (path: string, otherwise: string) => `./${path === "" ? otherwise : baseName(path).replace(/\/$/, "") || otherwise}`;

function lakefsPython({ repository, ref, path }: SampleTarget): string {
  const head = `# pip install lakefs
# The address and the keys come from ~/.lakectl.yaml, or from LAKECTL_… in the environment.
import lakefs

ref = lakefs.repository(${python(repository)}).ref(${python(ref)})
`;
  if (!isFolder(path)) {
    return `${head}with ref.object(${python(path)}).reader(mode="rb") as reader:
    data = reader.read()
print(len(data), "bytes")
`;
  }
  return `${head}${path === "" ? "print(ref.get_commit().message)\n" : ""}for item in ref.objects(${path === "" ? "" : `prefix=${python(path)}`}):
    print(item.path)
`;
}

function lakefsSpec({ repository, ref, path }: SampleTarget): string {
  const head = `# pip install lakefs-spec pandas pyarrow
# The address and the keys come from ~/.lakectl.yaml, or from LAKECTL_… in the environment.
`;
  const uri = python(lakefsUri(repository, ref, path));
  const format = formatOf(path);
  if (isFolder(path)) {
    return `${head}import fsspec

for item in fsspec.filesystem("lakefs").find(${uri}):
    print(item)
`;
  }
  if (!format) {
    return `${head}import fsspec

with fsspec.open(${uri}, "rb") as file:
    data = file.read()
print(len(data), "bytes")
`;
  }
  const reader = { parquet: "read_parquet(", csv: "read_csv(", json: "read_json(" }[format];
  const options = format === "json" && !/\.json(\.gz)?$/i.test(path) ? ", lines=True" : /\.tsv(\.gz)?$/i.test(path) ? ', sep="\\t"' : "";
  return `${head}import pandas as pd

frame = pd.${reader}${uri}${options})
print(frame.head())
`;
}

function boto3({ endpoint, repository, ref, path }: SampleTarget): string {
  const key = python(`${ref}/${path}`);
  const head = `# pip install boto3
import os

import boto3

s3 = boto3.client(
    "s3",
    endpoint_url=${python(endpoint)},
    region_name="${region}",
    aws_access_key_id=os.environ["${keyName}"],
    aws_secret_access_key=os.environ["${secretName}"],
)
`;
  if (isFolder(path)) {
    return `${head}pages = s3.get_paginator("list_objects_v2").paginate(Bucket=${python(repository)}, Prefix=${key})
for page in pages:
    for item in page.get("Contents", []):
        print(item["Key"], item["Size"])
`;
  }
  return `${head}data = s3.get_object(Bucket=${python(repository)}, Key=${key})["Body"].read()
print(len(data), "bytes")
`;
}

/** Marks of patterns are put in brackets, which makes them letters. */
const withoutPatterns = (path: string) => path.replace(/[*?[]/g, "[$&]");

function duckdb({ endpoint, repository, ref, path }: SampleTarget): string {
  const { host, protocol } = new URL(endpoint);
  const format = formatOf(path);
  const uri = `s3://${repository}/${ref}/${withoutPatterns(path)}`;
  const readers = { parquet: "read_parquet", csv: "read_csv", json: "read_json" };
  const from = isFolder(path)
    ? `read_parquet(${sql(`${uri}**/*.parquet`)})`
    : format
      ? `${readers[format]}(${sql(uri)})`
      : `read_text(${sql(uri)})`;
  return `INSTALL httpfs;
LOAD httpfs;
CREATE OR REPLACE SECRET tarn (
  TYPE s3, KEY_ID 'your access key ID', SECRET 'your secret access key',
  ENDPOINT ${sql(host)}, URL_STYLE 'path', USE_SSL ${protocol === "https:"}, REGION '${region}'
);
SELECT * FROM ${from} LIMIT 20;
`;
}

function spark({ endpoint, repository, ref, path }: SampleTarget): string {
  const format = formatOf(path) ?? (isFolder(path) ? "parquet" : "text");
  const options = format === "csv" ? `.option("header", True)${/\.tsv(\.gz)?$/i.test(path) ? '.option("sep", "\\t")' : ""}` : "";
  return `import os

from pyspark.sql import SparkSession

spark = (
    SparkSession.builder.config("spark.jars.packages", "org.apache.hadoop:hadoop-aws:3.3.4")
    .config("spark.hadoop.fs.s3a.endpoint", ${python(endpoint)})
    .config("spark.hadoop.fs.s3a.path.style.access", "true")
    .config("spark.hadoop.fs.s3a.access.key", os.environ["${keyName}"])
    .config("spark.hadoop.fs.s3a.secret.key", os.environ["${secretName}"])
    .getOrCreate()
)
frame = spark.read${options}.${format}(${python(`s3a://${repository}/${ref}/${path}`)})
frame.show(20)
`;
}

function rclone({ endpoint, repository, ref, path }: SampleTarget): string {
  const source = shell(`tarn:${repository}/${ref}/${path}`);
  const what = isFolder(path)
    ? `rclone copy ${source} ${shell(localName(path, ref))}`
    : `rclone copyto ${source} ${shell(localName(path, "object"))}`;
  return `export RCLONE_CONFIG_TARN_TYPE=s3 RCLONE_CONFIG_TARN_PROVIDER=Other
export RCLONE_CONFIG_TARN_ENDPOINT=${shell(endpoint)} RCLONE_CONFIG_TARN_REGION=${region}
export RCLONE_CONFIG_TARN_FORCE_PATH_STYLE=true RCLONE_CONFIG_TARN_NO_CHECK_BUCKET=true
export RCLONE_CONFIG_TARN_ACCESS_KEY_ID="$${keyName}"
export RCLONE_CONFIG_TARN_SECRET_ACCESS_KEY="$${secretName}"
${what}
`;
}

function lakectl({ repository, ref, path }: SampleTarget): string {
  const uri = shell(lakefsUri(repository, ref, path));
  const head = `# lakectl config asks for the address and the keys, once.
`;
  if (path === "") {
    return `${head}lakectl log ${shell(lakefsUri(repository, ref).replace(/\/$/, ""))} --amount 10
lakectl fs ls ${uri}
`;
  }
  if (isFolder(path)) {
    return `${head}lakectl fs ls ${uri}
lakectl fs download --recursive ${uri} ${shell(localName(path, ref))}
`;
  }
  return `${head}lakectl fs stat ${uri}
lakectl fs download ${uri} ${shell(localName(path, "object"))}
`;
}

function curl({ endpoint, repository, ref, path }: SampleTarget): string {
  const base = `${endpoint}/api/v1/repositories/${encodeURIComponent(repository)}/refs/${encodeURIComponent(ref)}`;
  const user = `curl --fail --location --user "$${keyName}:$${secretName}"`;
  if (path === "") return `${user} \\\n  ${shell(`${base}/commits?amount=10`)}\n`;
  if (isFolder(path)) return `${user} \\\n  ${shell(`${base}/objects/ls?delimiter=%2F&prefix=${encodeURIComponent(path)}`)}\n`;
  return `${user} \\\n  --output ${shell(localName(path, "object"))} \\\n  ${shell(`${base}/objects?path=${encodeURIComponent(path)}`)}\n`;
}

export const samplesOf = (target: SampleTarget): Sample[] => [
  { tool: "Python", language: "python", text: lakefsPython(target) },
  { tool: "lakefs-spec", language: "python", text: lakefsSpec(target) },
  { tool: "boto3", language: "python", text: boto3(target) },
  { tool: "DuckDB", language: "sql", text: duckdb(target) },
  { tool: "Spark", language: "python", text: spark(target) },
  { tool: "rclone", language: "bash", text: rclone(target) },
  { tool: "lakectl", language: "bash", text: lakectl(target) },
  { tool: "curl", language: "bash", text: curl(target) },
];
