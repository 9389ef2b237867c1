// The string library. There are no patterns, as in the reference: `find` searches for plain text,
// and `gsub`, `gmatch` and `match` do not exist; module `regexp` has expressions that take linear
// time. Case, widths and `reverse` go by characters, not bytes.
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <lua.hpp>

#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/libraries.h"

namespace tarn::hooks::lua {
namespace {

Status Find(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view part, call.Text(2));
  int64_t begin = 1;
  if (!call.IsNil(3)) {
    TARN_TRY_ASSIGN(begin, call.Integer(3));
  }
  const auto size = static_cast<int64_t>(text.size());
  if (begin < 0) begin = std::max<int64_t>(size + begin + 1, 1);
  if (begin == 0) begin = 1;
  if (call.Has(4) && !call.IsTrue(4) &&
      part.find_first_of("^$*+?.([%-") != std::string_view::npos) {
    return {Code::kUnsupported, "assertion failure"};
  }
  const size_t found = begin > size + 1
                           ? std::string_view::npos
                           : Host::FindPart(text, part, static_cast<size_t>(begin - 1));
  if (found == std::string_view::npos) {
    call.ReturnNil();
  } else {
    call.Return(static_cast<double>(found + 1));
    call.Return(static_cast<double>(found + part.size()));
  }
  return {};
}

/// Mappings of single characters of Unicode; ASCII only where the system has no such locale.
locale_t UnicodeLocale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

template <wint_t (*kMapping)(wint_t, locale_t)>
Status MapCase(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  const locale_t locale = UnicodeLocale();
  const auto mapped = [locale](uint32_t value) -> uint32_t {
    if (locale == nullptr) {
      static const locale_t plain = newlocale(LC_CTYPE_MASK, "C", nullptr);
      return value < 0x80 ? kMapping(value, plain) : value;
    }
    return kMapping(value, locale);
  };
  std::string out;
  out.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const Rune rune = FirstRune(rest);
    if (rune.valid) {
      AppendRune(&out, mapped(rune.value));
    } else {
      out.push_back(rest.front());
    }
    rest.remove_prefix(rune.length);
  }
  call.Return(std::move(out));
  return {};
}

Status Reverse(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  std::string out(text.size(), '\0');
  size_t end = text.size();
  for (std::string_view rest = text; !rest.empty();) {
    const size_t length = FirstRune(rest).length;
    end -= length;
    rest.copy(out.data() + end, length);
    rest.remove_prefix(length);
  }
  call.Return(std::move(out));
  return {};
}

int Rep(lua_State* state) {
  Host::StopIfDue(state);
  size_t size = 0, separator_size = 0;
  const char* const text = luaL_checklstring(state, 1, &size);
  const double count = std::floor(luaL_checknumber(state, 2));
  const char* const separator = luaL_optlstring(state, 3, "", &separator_size);
  const double total =
      count * static_cast<double>(size) + (count - 1) * static_cast<double>(separator_size);
  if (!(count >= 1) || total == 0) {
    lua_pushliteral(state, "");
    return 1;
  }
  if (total > static_cast<double>(Host::Of(state).script().limits.memory_bytes)) {
    return luaL_error(state, "resulting string too large");
  }
  luaL_Buffer buffer;
  char* to = luaL_buffinitsize(state, &buffer, static_cast<size_t>(total));
  for (auto left = static_cast<size_t>(count); left > 0; --left) {
    std::memcpy(to, text, size);
    to += size;
    if (left == 1) break;
    std::memcpy(to, separator, separator_size);
    to += separator_size;
  }
  luaL_pushresultsize(&buffer, static_cast<size_t>(total));
  return 1;
}

// string.format.

constexpr int kSpecBytesMax =
    16;  ///< '%', five flags, two digits, '.', two digits, the letter, NUL.

/// A directive: "%-05.2f" without its letter, and what it says.
struct Directive {
  char spec[kSpecBytesMax + 4] = "%";
  size_t size = 1;
  int width = 0, precision = -1;
  bool is_left = false;
};

void Append(Directive* directive, char c) {
  directive->spec[directive->size++] = c;
  directive->spec[directive->size] = '\0';
}

/// Takes up to two digits; the number, or -1 if there is none.
int TakeDigits(const char** from, Directive* directive) {
  int value = -1;
  for (int i = 0; i < 2 && std::isdigit(static_cast<unsigned char>(**from)) != 0; ++i, ++*from) {
    value = std::max(value, 0) * 10 + (**from - '0');
    Append(directive, **from);
  }
  return value;
}

/// Reads what stands between '%' and the letter.
const char* ReadDirective(lua_State* state, const char* from, Directive* directive) {
  while (*from != '\0' && std::strchr("-+ #0", *from) != nullptr) {
    if (directive->size > 5) luaL_error(state, "invalid format (repeated flags)");
    directive->is_left = directive->is_left || *from == '-';
    Append(directive, *from++);
  }
  directive->width = std::max(TakeDigits(&from, directive), 0);
  if (*from == '.') {
    Append(directive, *from++);
    directive->precision = std::max(TakeDigits(&from, directive), 0);
  }
  if (std::isdigit(static_cast<unsigned char>(*from)) != 0) {
    luaL_error(state, "invalid format (width or precision too long)");
  }
  return from;
}

void AddInteger(lua_State* state, luaL_Buffer* out, Directive directive, char letter, int index) {
  const double value = luaL_checknumber(state, index);
  const bool is_signed = letter == 'd' || letter == 'i';
  constexpr double kTooLarge = 0x1p63;
  if (is_signed) {
    luaL_argcheck(state, value == std::floor(value) && std::fabs(value) < kTooLarge, index,
                  "number has no integer representation");
  } else {
    luaL_argcheck(state, value == std::floor(value) && value >= 0 && value < 2 * kTooLarge, index,
                  "not a non-negative number in proper range");
  }
  Append(&directive, 'l');
  Append(&directive, 'l');
  Append(&directive, letter);
  char* const to = luaL_prepbuffsize(out, 256);
  const int size =
      is_signed ? std::snprintf(to, 256, directive.spec, static_cast<long long>(value))
                : std::snprintf(to, 256, directive.spec, static_cast<unsigned long long>(value));
  luaL_addsize(out, static_cast<size_t>(size));
}

void AddFloat(lua_State* state, luaL_Buffer* out, Directive directive, char letter, int index) {
  const double value = luaL_checknumber(state, index);
  constexpr size_t kRoom = 512;  // 309 digits before the point, 99 behind it.
  char* const to = luaL_prepbuffsize(out, kRoom);
  int size = 0;
  if (std::isfinite(value)) {
    Append(&directive, letter);
    size = std::snprintf(to, kRoom, directive.spec, value);
  } else {
    char text[40];
    FormatNumber(value, text);
    size = std::snprintf(to, kRoom, "%*s", directive.is_left ? -directive.width : directive.width,
                         text);
  }
  luaL_addsize(out, static_cast<size_t>(size));
}

void AddQuoted(lua_State* state, luaL_Buffer* out, int index) {
  size_t size = 0;
  const char* const text = luaL_checklstring(state, index, &size);
  luaL_addchar(out, '"');
  for (size_t i = 0; i < size; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\' || c == '\n') {
      luaL_addchar(out, '\\');
      luaL_addchar(out, text[i]);
    } else if (c < 0x20 || c == 0x7f) {
      const bool is_digit_next =
          i + 1 < size && std::isdigit(static_cast<unsigned char>(text[i + 1])) != 0;
      char* const to = luaL_prepbuffsize(out, 8);
      luaL_addsize(out,
                   static_cast<size_t>(std::snprintf(to, 8, is_digit_next ? "\\%03d" : "\\%d", c)));
    } else {
      luaL_addchar(out, text[i]);
    }
  }
  luaL_addchar(out, '"');
}

void AddBlanks(luaL_Buffer* out, int count) {
  for (; count > 0; --count) luaL_addchar(out, ' ');
}

/// The text at the top of the stack, cut and filled up by characters.
void AddText(lua_State* state, luaL_Buffer* out, const Directive& directive) {
  size_t size = 0;
  const char* const text = lua_tolstring(state, -1, &size);
  std::string_view shown(text, size);
  int blanks = 0;
  if (directive.precision >= 0) {
    size_t end = 0;
    for (int i = 0; i < directive.precision && end < size; ++i) {
      end += FirstRune(shown.substr(end)).length;
    }
    shown = shown.substr(0, end);
  }
  if (directive.width > 0) {
    const size_t characters = CountRunes(shown);
    blanks = static_cast<int>(directive.width -
                              std::min<int64_t>(directive.width, static_cast<int64_t>(characters)));
  }
  if (!directive.is_left) AddBlanks(out, blanks);
  luaL_addlstring(out, shown.data(), shown.size());
  if (directive.is_left) AddBlanks(out, blanks);
}

/// Leaves the argument as text at the top of the stack.
void PushShown(lua_State* state, int index) {
  if (lua_type(state, index) == LUA_TNUMBER) {
    char text[40];
    lua_pushlstring(state, text, FormatNumber(lua_tonumber(state, index), text));
    return;
  }
  luaL_tolstring(state, index, nullptr);
  if (lua_tostring(state, -1) == nullptr) luaL_error(state, "'tostring' must return a string");
}

/// Adds one directive with its argument.
void AddDirective(lua_State* state, luaL_Buffer* out, const Directive& directive, char letter,
                  int index) {
  switch (letter) {
    case 'c':
      luaL_addchar(out, static_cast<char>(luaL_checkint(state, index)));
      break;
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      AddInteger(state, out, directive, letter, index);
      break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      AddFloat(state, out, directive, letter, index);
      break;
    case 'q':
      AddQuoted(state, out, index);
      break;
    default:
      luaL_error(state, "invalid option '%%%c' to 'format'", letter);
  }
}

int Format(lua_State* state) {
  Host::StopIfDue(state);
  const int count = lua_gettop(state);
  size_t size = 0;
  const char* from = luaL_checklstring(state, 1, &size);
  const char* const end = from + size;
  int index = 1;
  luaL_Buffer out;
  luaL_buffinit(state, &out);
  while (from < end) {
    if (*from != '%') {
      luaL_addchar(&out, *from++);
      continue;
    }
    if (*++from == '%') {
      luaL_addchar(&out, *from++);
      continue;
    }
    Directive directive;
    from = ReadDirective(state, from, &directive);
    const char letter = from < end ? *from++ : '\0';
    if (++index > count) luaL_argerror(state, index, "no value");
    if (letter != 's') {
      AddDirective(state, &out, directive, letter, index);
      continue;
    }
    luaL_Buffer shown;  // The text is made first; then what is so far can be put before it.
    luaL_pushresult(&out);
    PushShown(state, index);
    luaL_buffinit(state, &shown);
    AddText(state, &shown, directive);
    luaL_pushresult(&shown);
    lua_remove(state, -2);
    lua_concat(state, 2);
    luaL_buffinit(state, &out);
    luaL_addvalue(&out);
    Host::StopIfDue(state);
  }
  luaL_pushresult(&out);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {
    {"find", Native<Find>}, {"format", Format},           {"lower", Native<MapCase<towlower_l>>},
    {"rep", Rep},           {"reverse", Native<Reverse>}, {"upper", Native<MapCase<towupper_l>>},
    {nullptr, nullptr},
};
constexpr std::string_view kNames[] = {"byte",  "char", "find",    "format", "len",
                                       "lower", "rep",  "reverse", "sub",    "upper"};

}  // namespace

void OpenStringLibrary(lua_State* state) {
  luaL_requiref(state, "string", luaopen_string, 1);
  luaL_setfuncs(state, kFunctions, 0);
  KeepOnly(state, kNames);
  lua_pop(state, 1);
}

}  // namespace tarn::hooks::lua
