#include "server/kv_dump_file.h"

#include <optional>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "kv/store.h"

namespace tarn::server {
namespace {

constexpr std::string_view kVersion = "1.0";
/// Text of one entry: base64 of the largest value, and its key.
constexpr size_t kEntryBytesMax = kv::Traits().value_bytes_max / 3 * 4 + (1 << 20);

Status NoDump(std::string_view why) {
  return {Code::kInvalidRequest, "the input is no dump: " + std::string(why)};
}

/// Follows JSON text by its brackets and quotes.
class Nesting {
 public:
  int depth() const { return depth_; }
  bool in_text() const { return in_text_; }
  void Take(char c) {
    if (in_text_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_text_ = false;
      }
      return;
    }
    if (c == '"') in_text_ = true;
    if (c == '{' || c == '[') ++depth_;
    if (c == '}' || c == ']') --depth_;
  }

 private:
  int depth_ = 0;
  bool in_text_ = false, escaped_ = false;
};

/// Takes text up to the first array of the document and its bracket, or to the end.
struct Head {
  std::string text;
  bool has_array = false;
};
Result<Head> TakeHead(std::streambuf& in) {
  Head head;
  Nesting nesting;
  for (int c; (c = in.sbumpc()) != std::char_traits<char>::eof();) {
    const char taken = static_cast<char>(c);
    if (!nesting.in_text() && taken == '[' && nesting.depth() == 1) {
      head.has_array = true;
      return head;
    }
    nesting.Take(taken);
    head.text.push_back(taken);
    if (head.text.size() > kEntryBytesMax) return NoDump("it has no entries");
  }
  return head;
}

Result<bool> HasEntries(const Head& head) {
  TARN_TRY_ASSIGN(const Json json, ParseJson(head.has_array ? head.text + "[]}" : head.text));
  if (!json.is_object()) return NoDump("it is no JSON object");
  const std::string_view version = json.StringAt("version").value_or("");
  if (version != kVersion) {
    return Status(Code::kInvalidRequest,
                  "unsupported dump version: \"" + std::string(version) + "\"");
  }
  if (head.has_array && json.members().back().first != "entries") {
    return NoDump("entries must be its first list");
  }
  return head.has_array;
}

/// The text of the next object of the array, or nothing at its end.
Result<std::optional<std::string>> TakeObject(std::streambuf& in) {
  int c = in.sbumpc();
  while (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',') c = in.sbumpc();
  if (c == ']') return std::optional<std::string>();
  if (c != '{') return NoDump("an entry is no object");
  Nesting nesting;
  std::string text;
  for (; c != std::char_traits<char>::eof(); c = in.sbumpc()) {
    nesting.Take(static_cast<char>(c));
    text.push_back(static_cast<char>(c));
    if (nesting.depth() == 0) return std::optional(std::move(text));
    if (text.size() > kEntryBytesMax) return NoDump("an entry is too large");
  }
  return NoDump("it is cut short");
}

Result<DumpEntry> ParseEntry(std::string_view text) {
  TARN_TRY_ASSIGN(const Json json, ParseJson(text, {.bytes_max = kEntryBytesMax}));
  DumpEntry entry;
  entry.partition = json.StringAt("partition").value_or("");
  entry.key = json.StringAt("key").value_or("");
  const auto value = DecodeBase64(json.StringAt("value").value_or(""));
  const auto raw_key = json.StringAt("key_base64");
  const auto key = raw_key ? DecodeBase64(*raw_key) : std::optional(entry.key);
  if (!value || !key) return NoDump("entry " + entry.partition + " " + entry.key + ": bad base64");
  entry.value = *value;
  entry.key = *key;
  return entry;
}

}  // namespace

Status DumpFileWriter::Begin(Timestamp now) {
  std::string head;
  JsonWriter(&head)
      .BeginObject()
      .Field("version", kVersion)
      .Field("timestamp", FormatRfc3339({now.seconds, 0}));
  if (layout_ == DumpLayout::kCompact) return sink_(head);
  const std::string pretty = PrettyJson(head);
  return sink_(pretty);
}

Status DumpFileWriter::Add(const DumpEntry& entry) {
  const bool pretty = layout_ == DumpLayout::kPretty;
  std::string text;
  JsonWriter json(&text);
  json.BeginObject().Field("partition", entry.partition).Field("key", entry.key);
  // JSON has no text for such a key; the reference's loader passes this by.
  if (!IsValidUtf8(entry.key)) json.Field("key_base64", EncodeBase64(entry.key));
  json.Field("value", EncodeBase64(entry.value)).EndObject();
  if (has_entries_) {
    TARN_TRY(sink_(pretty ? ",\n    " : ","));
  } else {
    TARN_TRY(sink_(pretty ? ",\n  \"entries\": [\n    " : ",\"entries\":["));
  }
  has_entries_ = true;
  if (!pretty) return sink_(text);
  std::string indented;
  for (const char c : PrettyJson(text)) {
    indented.push_back(c);
    if (c == '\n') indented += "    ";
  }
  return sink_(indented);
}

Status DumpFileWriter::End() {
  if (layout_ == DumpLayout::kCompact) return sink_(has_entries_ ? "]}\n" : "}\n");
  return sink_(has_entries_ ? "\n  ]\n}\n" : "\n}\n");
}

Status ReadDumpFile(std::istream& in, const std::function<Status(DumpEntry)>& sink) {
  std::streambuf& buffer = *in.rdbuf();
  TARN_TRY_ASSIGN(const Head head, TakeHead(buffer));
  const auto has_entries = HasEntries(head);
  if (!has_entries.ok()) return has_entries.status();
  while (*has_entries) {
    TARN_TRY_ASSIGN(const auto text, TakeObject(buffer));
    if (!text) break;
    TARN_TRY_ASSIGN(DumpEntry entry, ParseEntry(*text));
    TARN_TRY(sink(std::move(entry)));
  }
  return {};
}

std::string PrettyJson(std::string_view json) {
  std::string out;
  Nesting nesting;
  const auto new_line = [&](int depth) {
    out.push_back('\n');
    out.append(static_cast<size_t>(depth) * 2, ' ');
  };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (nesting.in_text()) {
      nesting.Take(c);
      out.push_back(c);
      continue;
    }
    nesting.Take(c);
    if (c == '}' || c == ']') {
      if (json[i - 1] != '{' && json[i - 1] != '[') new_line(nesting.depth());
      out.push_back(c);
      continue;
    }
    out.push_back(c);
    if (c == ':') out.push_back(' ');
    const bool opens_something =
        (c == '{' || c == '[') && i + 1 < json.size() && json[i + 1] != '}' && json[i + 1] != ']';
    if (opens_something || c == ',') new_line(nesting.depth());
  }
  return out;
}

}  // namespace tarn::server
