#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/utf8.h"
#include "hooks/lua/yaml_document.h"
#include "hooks/lua/yaml_scalar.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kIndent = 4;

/// The shortest text of a double, with an exponent below 1e-4 and from a million on.
std::string NumberText(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  char text[64];
  const auto as = [&](std::chars_format format) {
    return std::string(text, std::to_chars(text, text + sizeof text, value, format).ptr);
  };
  const std::string scientific = as(std::chars_format::scientific);
  const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  constexpr int kPlainExponents[] = {-4, 5};
  return exponent < kPlainExponents[0] || exponent > kPlainExponents[1]
             ? scientific
             : as(std::chars_format::fixed);
}

bool IsPrintable(std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    const Rune rune = FirstRune(rest);
    if (!rune.valid) return false;
    if ((rune.value < 0x20 && rune.value != '\n') || (rune.value >= 0x7f && rune.value < 0xa0)) {
      return false;
    }
    rest.remove_prefix(rune.length);
  }
  return true;
}

/// True if text can stand without quotes.
bool CanBePlain(std::string_view text) {
  constexpr std::string_view kIndicators = "#,[]{}&*!|>'\"%@`";
  const char first = text.front();
  if (kIndicators.find(first) != std::string_view::npos || first == ' ' || text.back() == ' ') {
    return false;
  }
  const bool is_alone = text.size() == 1 || text[1] == ' ';
  if ((first == '-' || first == '?' || first == ':') && is_alone) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  return text.find(": ") == std::string_view::npos && text.back() != ':' &&
         text.find(" #") == std::string_view::npos;
}

std::string SingleQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? "''" : std::string_view(&c, 1));
  return out + "'";
}

class Writer {
 public:
  /// A value after its key or dash: what follows on the line, or below it.
  void Value(const Json& value, size_t indent, bool is_item) {
    if (value.is_object() && !value.members().empty()) {
      Map(value, indent, is_item);
    } else if (value.is_array() && !value.items().empty()) {
      List(value, indent, is_item);
    } else {
      Scalar(value, indent);
      out_.push_back('\n');
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  /// Begins an entry of a collection; the first one of an item stays on the line of its dash.
  void BeginEntry(size_t indent, bool stays) {
    if (!stays) out_.append(indent, ' ');
  }

  static size_t Deeper(size_t indent) { return kIndent * ((indent + kIndent) / kIndent); }

  void Map(const Json& value, size_t indent, bool is_item) {
    std::vector<const Json::Member*> sorted;
    for (const Json::Member& member : value.members()) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](const auto* a, const auto* b) { return a->first < b->first; });
    bool stays = is_item;
    for (const Json::Member* member : sorted) {
      BeginEntry(indent, stays);
      stays = false;
      Text(member->first, indent, true);
      out_.push_back(':');
      const bool is_block = (member->second.is_object() && !member->second.members().empty()) ||
                            (member->second.is_array() && !member->second.items().empty());
      out_.push_back(is_block ? '\n' : ' ');
      Value(member->second, Deeper(indent), false);
    }
  }

  void List(const Json& value, size_t indent, bool is_item) {
    bool stays = is_item;
    for (const Json& item : value.items()) {
      BeginEntry(indent, stays);
      stays = false;
      out_ += "- ";
      Value(item, indent + 2, true);
    }
  }

  void Scalar(const Json& value, size_t indent) {
    if (value.is_string()) {
      Text(value.string(), indent, false);
    } else if (value.is_number()) {
      out_ += NumberText(std::strtod(value.literal().c_str(), nullptr));
    } else if (value.is_bool()) {
      out_ += value.boolean() ? "true" : "false";
    } else {
      out_ += value.is_array() ? "[]" : value.is_object() ? "{}" : "null";
    }
  }

  void Text(std::string_view text, size_t indent, bool is_key) {
    if (text.empty() || ReadsAsOther(text) || !IsPrintable(text)) {
      out_ += Quote(text);
    } else if (text.find('\n') != std::string_view::npos) {
      is_key ? void(out_ += Quote(text)) : Literal(text, indent);
    } else {
      out_ += CanBePlain(text) ? std::string(text) : SingleQuoted(text);
    }
  }

  void Literal(std::string_view text, size_t indent) {
    out_.push_back('|');
    // How far it is indented cannot be seen from such a line.
    if (text.front() == ' ' || text.front() == '\n') out_.push_back('4');
    out_ += !text.ends_with('\n') ? "-" : text.ends_with("\n\n") || text == "\n" ? "+" : "";
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      out_.push_back('\n');
      if (end > begin) out_.append(std::max(indent, kIndent), ' ');
      out_.append(text, begin, end - begin);
      begin = end + 1;
    }
  }

  std::string out_;
};

}  // namespace

std::string WriteYaml(const Json& value) {
  Writer writer;
  writer.Value(value, 0, false);
  return writer.Take();
}

}  // namespace tarn::hooks::lua
