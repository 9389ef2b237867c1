#include "codec/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

#include "codec/utf8.h"

namespace tarn {
namespace {

namespace bj = boost::json;

/// Objects with more members find repeated names by sorting, so that no body costs quadratic time.
constexpr size_t kPairwiseMembersMax = 16;

/// Keeps the place of the first member of a name and the value of the last.
void MergeRepeatedNames(Json::Object* members) {
  std::vector<size_t> order(members->size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return (*members)[a].first < (*members)[b].first; });
  std::vector<bool> drop(members->size());
  bool any = false;
  for (size_t i = 0; i < order.size();) {
    const size_t first = order[i++];
    while (i < order.size() && (*members)[order[i]].first == (*members)[first].first) {
      (*members)[first].second = std::move((*members)[order[i]].second);
      drop[order[i++]] = any = true;
    }
  }
  if (!any) return;
  Json::Object kept;
  for (size_t i = 0; i < members->size(); ++i) {
    if (!drop[i]) kept.push_back(std::move((*members)[i]));
  }
  *members = std::move(kept);
}

bool HasRepeatedNames(const Json::Object& members) {
  if (members.size() > kPairwiseMembersMax) return true;
  for (size_t i = 1; i < members.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (members[i].first == members[j].first) return true;
    }
  }
  return false;
}

/// Builds the value from the parser's events.
class Builder {
 public:
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;

  Json& root() { return root_; }
  void set_values_max(size_t values_max) { values_left_ = values_max; }
  bool has_too_many() const { return has_too_many_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_array_begin(bj::error_code& error) { return Open(Json(Json::Array()), error); }
  bool on_array_end(size_t, bj::error_code&) { return Close(); }
  bool on_object_begin(bj::error_code& error) { return Open(Json(Json::Object()), error); }
  bool on_object_end(size_t, bj::error_code&) {
    Json::Object& members = open_.back().members();
    if (HasRepeatedNames(members)) MergeRepeatedNames(&members);
    return Close();
  }
  bool on_string_part(bj::string_view part, size_t, bj::error_code&) { return Gather(part); }
  bool on_string(bj::string_view part, size_t, bj::error_code& error) {
    Gather(part);
    return Count(error) && Put(Json(TakeText()));
  }
  bool on_key_part(bj::string_view part, size_t, bj::error_code&) { return Gather(part); }
  bool on_key(bj::string_view part, size_t, bj::error_code&) {
    Gather(part);
    open_.back().members().emplace_back(TakeText(), Json());
    return true;
  }
  bool on_number_part(bj::string_view part, bj::error_code&) { return Gather(part); }
  bool on_int64(int64_t, bj::string_view part, bj::error_code& error) {
    return PutNumber(part, error);
  }
  bool on_uint64(uint64_t, bj::string_view part, bj::error_code& error) {
    return PutNumber(part, error);
  }
  bool on_double(double, bj::string_view part, bj::error_code& error) {
    return PutNumber(part, error);
  }
  bool on_bool(bool value, bj::error_code& error) { return Count(error) && Put(Json(value)); }
  bool on_null(bj::error_code& error) { return Count(error) && Put(Json()); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  bool Gather(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  std::string TakeText() {
    std::string text = IsValidUtf8(text_) ? std::move(text_) : ReplaceInvalidUtf8(text_);
    text_.clear();
    return text;
  }
  bool Count(bj::error_code& error) {
    if (values_left_-- > 0) return true;
    has_too_many_ = true;
    error = bj::error::array_too_large;
    return false;
  }
  bool PutNumber(bj::string_view part, bj::error_code& error) {
    if (!Count(error)) return false;
    Gather(part);
    Json::Number number{std::move(text_)};
    text_.clear();
    return Put(Json(std::move(number)));
  }
  bool Open(Json container, bj::error_code& error) {
    if (!Count(error)) return false;
    open_.push_back(std::move(container));
    return true;
  }
  bool Close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(done));
  }
  bool Put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().items().push_back(std::move(value));
    } else {
      open_.back().members().back().second = std::move(value);
    }
    return true;
  }

  Json root_;
  std::vector<Json> open_;
  std::string text_;
  size_t values_left_ = 0;
  bool has_too_many_ = false;
};

constexpr std::string_view kWhiteSpace = " \t\r\n";

/// Words for a failure at `offset`, close to those of the reference where that costs nothing.
Status Explain(std::string_view text, size_t offset, const bj::error_code& error,
               const JsonLimits& limits) {
  if (error == bj::error::too_deep) {
    return {Code::kTooLarge, "exceeded max depth of " + std::to_string(limits.depth_max)};
  }
  const size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {Code::kInvalidRequest, "EOF"};
  if (error == bj::error::incomplete || offset >= text.size()) {
    return {Code::kInvalidRequest, "unexpected EOF"};
  }
  if (error != bj::error::syntax) return {Code::kInvalidRequest, error.message()};
  std::string quoted = Quote(text.substr(offset, FirstRune(text.substr(offset)).length));
  quoted.front() = quoted.back() = '\'';
  return {Code::kInvalidRequest, "invalid character " + quoted +
                                     (offset == first ? " looking for beginning of value"
                                                      : " at offset " + std::to_string(offset))};
}

template <class T>
std::optional<T> ParseNumber(std::string_view literal) {
  T value{};
  const char* end = literal.data() + literal.size();
  const auto parsed = std::from_chars(literal.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> Json::AsInt64() const {
  if (!is_number()) return std::nullopt;
  return ParseNumber<int64_t>(literal());
}

std::optional<double> Json::AsDouble() const {
  if (!is_number()) return std::nullopt;
  return ParseNumber<double>(literal());
}

const Json* Json::Find(std::string_view name) const {
  if (!is_object()) return nullptr;
  for (const auto& [key, value] : members()) {
    if (key == name) return &value;
  }
  return nullptr;
}

Json* Json::Find(std::string_view name) {
  return const_cast<Json*>(static_cast<const Json*>(this)->Find(name));
}

std::optional<std::string_view> Json::StringAt(std::string_view name) const {
  const Json* value = Find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->string();
}

std::optional<bool> Json::BoolAt(std::string_view name) const {
  const Json* value = Find(name);
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->boolean();
}

std::optional<int64_t> Json::IntAt(std::string_view name) const {
  const Json* value = Find(name);
  return value == nullptr ? std::nullopt : value->AsInt64();
}

void Json::Set(std::string_view name, Json value) {
  if (Json* present = Find(name)) {
    *present = std::move(value);
  } else {
    members().emplace_back(std::string(name), std::move(value));
  }
}

Result<Json> ParseJson(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return Status(Code::kTooLarge, "more than " + std::to_string(limits.bytes_max) + " bytes");
  }
  bj::parse_options options;
  options.max_depth = static_cast<size_t>(limits.depth_max);
  options.allow_invalid_utf8 = true;  // The builder repairs them, as the reference does.
  try {
    bj::basic_parser<Builder> parser(options);
    parser.handler().set_values_max(limits.values_max);
    bj::error_code error;
    size_t end = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().has_too_many()) {
      return Status(Code::kTooLarge, "more than " + std::to_string(limits.values_max) + " values");
    }
    if (error) return Explain(text, end, error, limits);
    end = text.find_first_not_of(kWhiteSpace, end);
    if (limits.trailing == JsonTrailing::kRefuse && end != std::string_view::npos) {
      return Status(Code::kInvalidRequest, "data after top-level value");
    }
    return std::move(parser.handler().root());
  } catch (const std::exception& e) {
    return Status(Code::kInternal, e.what());
  }
}

void WriteJson(JsonWriter* out, const Json& value) {
  if (value.is_null()) {
    out->Null();
  } else if (value.is_bool()) {
    out->Bool(value.boolean());
  } else if (value.is_number()) {
    out->Raw(value.literal());
  } else if (value.is_string()) {
    out->String(value.string());
  } else if (value.is_array()) {
    out->BeginArray();
    for (const Json& item : value.items()) WriteJson(out, item);
    out->EndArray();
  } else {
    out->BeginObject();
    for (const auto& [name, member] : value.members()) {
      out->DataKey(name);
      WriteJson(out, member);
    }
    out->EndObject();
  }
}

std::string ToJsonText(const Json& value) {
  std::string text;
  JsonWriter writer(&text);
  WriteJson(&writer, value);
  return text;
}

}  // namespace tarn
