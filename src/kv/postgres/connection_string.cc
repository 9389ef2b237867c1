#include "kv/postgres/connection_string.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

namespace tarn::kv::postgres {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// So long are names of tables in the server, less what the names of partitions add.
constexpr size_t kTableBytesMax = 63 - 3;

/// Of the reference's driver: what it keeps in its own memory. The sizes of its pool are overruled
/// by database.postgres.* there too.
constexpr std::array<std::string_view, 9> kOfTheOtherDriver = {"statement_cache_capacity",
                                                               "description_cache_capacity",
                                                               "min_read_buffer_size",
                                                               "pool_max_conns",
                                                               "pool_min_conns",
                                                               "pool_max_conn_lifetime",
                                                               "pool_max_conn_lifetime_jitter",
                                                               "pool_max_conn_idle_time",
                                                               "pool_health_check_period"};
constexpr std::string_view kNamedMode = "cache_statement";
constexpr std::array<std::string_view, 5> kExecModes = {kNamedMode, "cache_describe",
                                                        "describe_exec", "exec", "simple_protocol"};

Status Bad(std::string_view text) {
  return {Code::kInvalidValue, fmt::format("database.postgres.connection_string: {}", text)};
}

bool IsOfLibpq(std::string_view keyword) {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> names;
    const Options defaults(PQconndefaults(), PQconninfoFree);
    for (const auto* at = defaults.get(); at != nullptr && at->keyword != nullptr; ++at) {
      names.emplace_back(at->keyword);
    }
    return names;
  }();
  return std::find(known.begin(), known.end(), keyword) != known.end();
}

bool IsParameterName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Result<std::string> Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high | low) == 0) return Bad("a percent sign begins no escape");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// What precedes the parameters is libpq's matter.
Result<Pairs> ReadUri(std::string_view uri) {
  const size_t question = uri.find('?');
  const std::string base(uri.substr(0, question));
  char* complaint = nullptr;
  const Options read(PQconninfoParse(base.c_str(), &complaint), PQconninfoFree);
  if (complaint != nullptr) PQfreemem(complaint);  // it may repeat a password
  if (read == nullptr)
    return Bad("this is no URI like postgres://user:password@host:port/database");
  Pairs pairs;
  for (const auto* at = read.get(); at->keyword != nullptr; ++at) {
    if (at->val != nullptr) pairs.emplace_back(at->keyword, at->val);
  }
  std::string_view rest = question == std::string_view::npos ? "" : uri.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    const size_t equals = item.find('=');
    if (equals == std::string_view::npos) return Bad("a parameter of the URI has no value");
    TARN_TRY_ASSIGN(std::string name, Unescape(item.substr(0, equals)));
    TARN_TRY_ASSIGN(std::string value, Unescape(item.substr(equals + 1)));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

constexpr std::string_view kBlanks = " \t\n\r\f\v";

/// The value at the beginning of `rest`, quoted or not, which is taken off.
Result<std::string> TakeValue(std::string_view* rest) {
  const bool quoted = rest->starts_with('\'');
  if (quoted) rest->remove_prefix(1);
  std::string value;
  for (; !rest->empty(); rest->remove_prefix(1)) {
    char c = rest->front();
    if (quoted ? c == '\'' : kBlanks.find(c) != std::string_view::npos) break;
    if (c == '\\' && rest->size() > 1) {
      rest->remove_prefix(1);
      c = rest->front();
    }
    value += c;
  }
  if (!quoted) return value;
  if (rest->empty()) return Bad("a quote is not closed");
  rest->remove_prefix(1);
  return value;
}

Result<Pairs> ReadKeywords(std::string_view rest) {
  const auto skip_blanks = [&] {
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(kBlanks)));
  };
  Pairs pairs;
  for (skip_blanks(); !rest.empty(); skip_blanks()) {
    const size_t equals = rest.find('=');
    std::string_view name = rest.substr(0, equals);
    name = name.substr(0, name.find_last_not_of(kBlanks) + 1);
    if (equals == std::string_view::npos || name.find_first_of(kBlanks) != std::string_view::npos) {
      return Bad("expected postgres://user:password@host:port/database or keyword=value pairs");
    }
    rest.remove_prefix(equals + 1);
    skip_blanks();
    TARN_TRY_ASSIGN(std::string value, TakeValue(&rest));
    pairs.emplace_back(name, std::move(value));
  }
  return pairs;
}

/// "-c name=value" as libpq's keyword `options` has it.
std::string SessionOption(std::string_view name, std::string_view value) {
  std::string option = fmt::format("-c {}=", name);
  for (const char c : value) {
    if (c == '\\' || kBlanks.find(c) != std::string_view::npos) option += '\\';
    option += c;
  }
  return option;
}

void SetKeyword(Pairs* keywords, std::string_view name, std::string value) {
  for (auto& [known, old] : *keywords) {
    if (known == name) return void(old = std::move(value));
  }
  keywords->emplace_back(name, std::move(value));
}

Status Take(ConnectionSettings* settings, std::string* session, const std::string& name,
            std::string value) {
  if (IsOfLibpq(name)) {
    SetKeyword(&settings->keywords, name, std::move(value));
  } else if (name == "lakefskv_table") {
    if (value.empty() || value.size() > kTableBytesMax) {
      return Bad(fmt::format("lakefskv_table must have 1 to {} bytes", kTableBytesMax));
    }
    settings->table = std::move(value);
  } else if (name == "default_query_exec_mode") {
    if (std::find(kExecModes.begin(), kExecModes.end(), value) == kExecModes.end()) {
      return Bad(
          fmt::format("default_query_exec_mode must be one of {}", fmt::join(kExecModes, ", ")));
    }
    settings->named_statements = value == kNamedMode;
  } else if (std::find(kOfTheOtherDriver.begin(), kOfTheOtherDriver.end(), name) ==
             kOfTheOtherDriver.end()) {
    if (!IsParameterName(name)) return Bad("a name before a \"=\" cannot be one");
    *session += (session->empty() ? "" : " ") + SessionOption(name, value);
  }
  return {};
}

}  // namespace

std::string_view ConnectionSettings::Find(std::string_view keyword) const {
  for (const auto& [name, value] : keywords) {
    if (name == keyword) return value;
  }
  return {};
}

Result<ConnectionSettings> ReadConnectionString(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return Bad("it holds a zero byte");
  const bool is_uri = text.starts_with("postgres://") || text.starts_with("postgresql://");
  TARN_TRY_ASSIGN(Pairs pairs, is_uri ? ReadUri(text) : ReadKeywords(text));
  ConnectionSettings settings;
  std::string session;
  for (auto& [name, value] : pairs) {
    TARN_TRY(Take(&settings, &session, name, std::move(value)));
  }
  if (!session.empty()) {
    const std::string_view given = settings.Find("options");
    if (!given.empty()) session = fmt::format("{} {}", given, session);
    SetKeyword(&settings.keywords, "options", std::move(session));
  }
  return settings;
}

}  // namespace tarn::kv::postgres
