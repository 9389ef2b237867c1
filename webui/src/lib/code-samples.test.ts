import { describe, expect, it } from "vitest";
import { samplesOf } from "./code-samples";

const texts = (path: string, ref = "main", endpoint = "http://127.0.0.1:8000") =>
  Object.fromEntries(samplesOf({ endpoint, repository: "lake", ref, path }).map(({ tool, text }) => [tool, text]));

describe("samplesOf", () => {
  it("reads an object", () => {
    const read = texts("a/b.parquet");
    expect(read.Python).toContain('.ref("main")\nwith ref.object("a/b.parquet").reader(mode="rb") as reader:');
    expect(read["lakefs-spec"]).toContain('pd.read_parquet("lakefs://lake/main/a/b.parquet")');
    expect(read.boto3).toContain('s3.get_object(Bucket="lake", Key="main/a/b.parquet")');
    expect(read.DuckDB).toContain("SELECT * FROM read_parquet('s3://lake/main/a/b.parquet') LIMIT 20;");
    expect(read.DuckDB).toContain("ENDPOINT '127.0.0.1:8000', URL_STYLE 'path', USE_SSL false");
    expect(read.Spark).toContain('spark.read.parquet("s3a://lake/main/a/b.parquet")');
    expect(read.rclone).toContain("rclone copyto 'tarn:lake/main/a/b.parquet' './b.parquet'");
    expect(read.lakectl).toContain("lakectl fs download 'lakefs://lake/main/a/b.parquet' './b.parquet'");
    expect(read.curl).toContain("--output './b.parquet' \\\n  'http://127.0.0.1:8000/api/v1/repositories/lake/refs/main/objects?path=a%2Fb.parquet'");
  });

  it("goes by the format", () => {
    expect(texts("a.tsv")["lakefs-spec"]).toContain('pd.read_csv("lakefs://lake/main/a.tsv", sep="\\t")');
    expect(texts("a.jsonl.gz")["lakefs-spec"]).toContain("lines=True");
    expect(texts("a.json")["lakefs-spec"]).not.toContain("lines=True");
    expect(texts("a.csv").Spark).toContain('spark.read.option("header", True).csv(');
    expect(texts("a.bin").DuckDB).toContain("read_text(");
    expect(texts("a.bin")["lakefs-spec"]).toContain("fsspec.open(");
  });

  it("lists a folder and a ref", () => {
    expect(texts("a/").Python).toContain('ref.objects(prefix="a/")');
    expect(texts("").Python).toContain("ref.objects()");
    expect(texts("a/").DuckDB).toContain("read_parquet('s3://lake/main/a/**/*.parquet')");
    expect(texts("a/").rclone).toContain("rclone copy 'tarn:lake/main/a/' './a'");
    expect(texts("a/").curl).toContain("objects/ls?delimiter=%2F&prefix=a%2F'");
    expect(texts("").curl).toContain("/refs/main/commits?amount=10'");
    expect(texts("").lakectl).toContain("lakectl log 'lakefs://lake/main'");
  });

  it("quotes names in the way of each language", () => {
    const read = texts(`it's "$(x)" [1]*.csv`);
    expect(read.Python).toContain('ref.object("it\'s \\"$(x)\\" [1]*.csv")');
    expect(read.curl).toContain(`--output './it'\\''s "$(x)" [1]*.csv'`);
    expect(read.curl).toContain(`path=it'\\''s%20%22%24(x)%22%20%5B1%5D*.csv'`);
    expect(read.DuckDB).toContain(`'s3://lake/main/it''s "$(x)" [[]1][*].csv'`);
    expect(texts("-rf").rclone).toContain("'./-rf'");
    expect(texts("a", "main", "https://lake.example.org").DuckDB).toContain("ENDPOINT 'lake.example.org', URL_STYLE 'path', USE_SSL true");
  });
});
