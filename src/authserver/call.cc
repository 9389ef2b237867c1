#include "authserver/call.h"

#include <charconv>

#include "authserver/body.h"
#include "codec/base64.h"
#include "fmt/format.h"

namespace tarn::authserver {
namespace {

constexpr int kAmountDefault = 100;
constexpr int kAmountMax = 1000;
// Longest text that a listing begins at; no name is longer.
constexpr size_t kOffsetBytesMax = 1024;

Status Invalid(std::string message) { return {Code::kInvalidRequest, std::move(message)}; }

Result<std::string> DecodeName(std::string_view segment) {
  const auto once = PathUnescape(segment);
  if (!once.ok()) return Invalid(std::string(once.status().message()));
  auto twice = PathUnescape(*once);
  if (!twice.ok()) return Invalid(std::string(twice.status().message()));
  return twice;
}

}  // namespace

Status Call::Read(std::span<const std::string_view> segments, std::string_view query,
                  std::string_view body) {
  std::string_view path = operation_.path;
  for (const std::string_view segment : segments) {
    const size_t begin = path.find('{') + 1;
    const size_t end = path.find('}');
    TARN_TRY_ASSIGN(std::string name, DecodeName(segment));
    names_.emplace_back(path.substr(begin, end - begin), std::move(name));
    path.remove_prefix(end + 1);
  }
  // Nothing is overlooked: a list without its filter would say more than was asked for.
  if (!HasValidEscapes(query) || query.find(';') != std::string_view::npos)
    return Invalid("the query is not well-formed");
  query_ = tarn::Query(query);
  if (!operation_.body.empty()) {
    TARN_TRY_ASSIGN(body_, ReadBody(body, operation_.body));
  }
  return {};
}

std::string_view Call::Name(std::string_view parameter) const {
  for (const auto& [name, value] : names_)
    if (name == parameter) return value;
  return {};
}

std::optional<std::string> Call::Query(std::string_view name) const {
  const std::string* const found = query_.Find(name);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Result<std::string> Call::NeedQuery(std::string_view name) const {
  auto value = Query(name);
  if (!value || value->empty()) return Invalid(fmt::format("{} is missing", name));
  return *std::move(value);
}

std::string Call::Bytes(std::string_view field) const {
  return DecodeBase64(Text(field)).value_or("");
}

Result<auth::PageRequest> Call::Page() const {
  auth::PageRequest page{std::string(query_.Get("prefix")), std::string(query_.Get("after")),
                         kAmountDefault};
  if (page.prefix.size() > kOffsetBytesMax || page.after.size() > kOffsetBytesMax)
    return Invalid("prefix or after is too long");
  const std::string_view text = query_.Get("amount");
  if (text.empty()) return page;
  int amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || end != text.data() + text.size() || amount < -1 ||
      amount > kAmountMax)
    return Invalid(fmt::format("amount must be from -1 to {}", kAmountMax));
  // Who wants all gets them page by page.
  if (amount != 0) page.amount = amount < 0 ? kAmountMax : amount;
  return page;
}

}  // namespace tarn::authserver
