// Module `encoding/json`: what the reference's encoder writes, to the byte; exported tables of
// Delta Lake rest on it.
#include <algorithm>

#include "codec/json_writer.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kValueBytes = 64;  ///< About what a value takes as a document.

struct Style {
  std::string prefix, indent;
  bool is_plain() const { return prefix.empty() && indent.empty(); }
};

/// Writes a document with its names in byte order.
class SortedWriter {
 public:
  SortedWriter(Style style, size_t bytes_max, std::string* out)
      : style_(std::move(style)), bytes_max_(bytes_max), out_(*out) {}

  Status Write(const Json& value, size_t depth) {
    if (value.is_array()) return Items(value.items(), depth);
    if (value.is_object()) return Members(value.members(), depth);
    if (value.is_number() && value.literal().find_first_of("IN") != std::string::npos) {
      return {Code::kInvalidValue, "json: unsupported value: " + value.literal()};
    }
    JsonWriter writer(&out_);
    WriteJson(&writer, value);
    return Check(0);
  }

 private:
  Status Check(size_t more) {
    if (out_.size() + more <= bytes_max_) return {};
    return {Code::kTooLarge, "not enough memory"};
  }

  Status NewLine(size_t depth) {
    if (style_.is_plain()) return {};
    TARN_TRY(Check(style_.prefix.size() + depth * style_.indent.size()));
    out_.push_back('\n');
    out_ += style_.prefix;
    for (; depth > 0; --depth) out_ += style_.indent;
    return {};
  }

  Status Items(const Json::Array& items, size_t depth) {
    out_.push_back('[');
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_.push_back(',');
      TARN_TRY(NewLine(depth + 1));
      TARN_TRY(Write(items[i], depth + 1));
    }
    if (!items.empty()) TARN_TRY(NewLine(depth));
    out_.push_back(']');
    return {};
  }

  Status Members(const Json::Object& members, size_t depth) {
    std::vector<const Json::Member*> sorted;
    for (const Json::Member& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    out_.push_back('{');
    for (size_t i = 0; i < sorted.size(); ++i) {
      if (i > 0) out_.push_back(',');
      TARN_TRY(NewLine(depth + 1));
      out_.push_back('"');
      AppendJsonEscaped(&out_, sorted[i]->first);
      out_.append(style_.is_plain() ? "\":" : "\": ");
      TARN_TRY(Write(sorted[i]->second, depth + 1));
    }
    if (!sorted.empty()) TARN_TRY(NewLine(depth));
    out_.push_back('}');
    return {};
  }

  const Style style_;
  const size_t bytes_max_;
  std::string& out_;
};

/// marshal(value[, {prefix=, indent=}])
Status Marshal(Call& call) {
  TARN_TRY_ASSIGN(const Json value, call.TableOrNil(1));
  Style style;
  if (call.Has(2)) {
    TARN_TRY_ASSIGN(const Json options, call.TableOrNil(2));
    style = {std::string(options.StringAt("prefix").value_or("")),
             std::string(options.StringAt("indent").value_or(""))};
  }
  std::string text;
  SortedWriter writer(std::move(style), call.host().script().limits.memory_bytes, &text);
  TARN_TRY(writer.Write(value, 0));
  text.push_back('\n');
  call.Return(std::move(text));
  return {};
}

Status Unmarshal(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  const size_t bytes_max = call.host().script().limits.memory_bytes;
  TARN_TRY_ASSIGN(Json value, ParseJson(text, {.bytes_max = bytes_max,
                                               .values_max = bytes_max / kValueBytes,
                                               .trailing = JsonTrailing::kRefuse}));
  call.Return(std::move(value));
  return {};
}

constexpr Function kFunctions[] = {{"marshal", Native<Marshal>}, {"unmarshal", Native<Unmarshal>}};

}  // namespace

std::span<const Function> JsonModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
