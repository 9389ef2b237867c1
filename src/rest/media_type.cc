#include "rest/media_type.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::rest {
namespace {

constexpr std::string_view kSpaces = " \t\n\v\f\r";
constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";

bool IsSpecial(char c) { return kSpecials.find(c) != std::string_view::npos; }
bool IsTokenChar(char c) { return c > 0x20 && c < 0x7f && !IsSpecial(c); }

void SkipSpaces(std::string_view* text) {
  text->remove_prefix(std::min(text->find_first_not_of(kSpaces), text->size()));
}

std::string_view TakeToken(std::string_view* text) {
  const auto end = std::find_if_not(text->begin(), text->end(), IsTokenChar);
  const std::string_view token = text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(token.size());
  return token;
}

bool Take(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return lower;
}

Status CheckType(std::string_view type) {
  const auto problem = [](std::string_view text) {
    return Status(Code::kInvalidValue, "mime: " + std::string(text));
  };
  if (TakeToken(&type).empty()) return problem("no media type");
  if (type.empty()) return {};
  if (!Take(&type, '/')) return problem("expected slash after first token");
  if (TakeToken(&type).empty()) return problem("expected token after slash");
  if (!type.empty()) return problem("unexpected content after media subtype");
  return {};
}

/// Reads a quoted string whose opening quote is taken; false if it does not end.
bool TakeQuoted(std::string_view* text, std::string* value) {
  for (size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c == '"') {
      text->remove_prefix(i + 1);
      return true;
    }
    if (c == '\r' || c == '\n') return false;
    // A backslash escapes special characters only, so that Windows paths survive.
    const bool escape = c == '\\' && i + 1 < text->size() && IsSpecial((*text)[i + 1]);
    value->push_back(escape ? (*text)[++i] : c);
  }
  return false;
}

/// Reads "; name=value"; false if there is no such thing.
bool TakeParameter(std::string_view* text, std::string* name, std::string* value) {
  SkipSpaces(text);
  if (!Take(text, ';')) return false;
  SkipSpaces(text);
  *name = Lower(TakeToken(text));
  SkipSpaces(text);
  if (name->empty() || !Take(text, '=')) return false;
  SkipSpaces(text);
  value->clear();
  if (Take(text, '"')) return TakeQuoted(text, value);
  *value = TakeToken(text);
  return !value->empty();
}

}  // namespace

Result<MediaType> ParseMediaType(std::string_view text) {
  const size_t end = std::min(text.find(';'), text.size());
  MediaType media{.type = Lower(Trim(text.substr(0, end), kSpaces)), .parameters = {}};
  TARN_TRY(CheckType(media.type));
  text.remove_prefix(end);
  std::string name, value;
  for (SkipSpaces(&text); !text.empty(); SkipSpaces(&text)) {
    if (Trim(text, kSpaces) == ";") break;  // one semicolon at the end is no error
    if (!TakeParameter(&text, &name, &value))
      return Status(Code::kInvalidValue, "mime: invalid media parameter");
    const auto [at, added] = media.parameters.emplace(name, value);
    if (!added && at->second != value)
      return Status(Code::kInvalidValue, "mime: duplicate parameter name");
  }
  return media;
}

}  // namespace tarn::rest
