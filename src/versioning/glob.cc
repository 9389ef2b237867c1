#include "versioning/glob.h"

#include <re2/re2.h>

#include <optional>
#include <string>

namespace tarn::versioning {
namespace {

constexpr int64_t kExpressionBytesMax = 1 << 20;

void AppendLiteral(std::string* out, char c) {
  // RE2 takes a backslash before ASCII punctuation only; other bytes stand for themselves.
  if (static_cast<unsigned char>(c) < 0x80 && std::ispunct(static_cast<unsigned char>(c)) != 0) {
    out->push_back('\\');
  }
  out->push_back(c);
}

/// Translates one pattern; nothing if it is malformed.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : left_(pattern) {}

  std::optional<std::string> Run() {
    while (!left_.empty()) {
      if (!Step()) return std::nullopt;
    }
    if (open_braces_ != 0) return std::nullopt;
    return out_;
  }

 private:
  char Take() {
    const char c = left_.front();
    left_.remove_prefix(1);
    return c;
  }

  bool Step() {
    const char c = Take();
    if (c == '*') {
      out_ += ".*";
    } else if (c == '?') {
      out_ += '.';
    } else if (c == '[') {
      return Set();
    } else if (c == '{') {
      ++open_braces_;
      out_ += "(?:";
    } else if (c == ',' && open_braces_ > 0) {
      out_ += '|';
    } else if (c == '}') {
      if (open_braces_-- == 0) return false;
      out_ += ')';
    } else if (c == '\\') {
      if (left_.empty()) return false;
      AppendLiteral(&out_, Take());
    } else {
      AppendLiteral(&out_, c);
    }
    return true;
  }

  /// The rest of "[...]"; a dash between two characters is a range.
  bool Set() {
    out_ += '[';
    if (left_.starts_with('!')) {
      Take();
      out_ += '^';
    }
    bool any = false;
    while (!left_.empty()) {
      char c = Take();
      if (c == ']') {
        out_ += ']';
        return any;
      }
      if (c == '\\') {
        if (left_.empty()) return false;
        c = Take();
      }
      const bool is_range = c == '-' && any && !left_.empty() && left_.front() != ']';
      if (is_range) {
        out_ += '-';
      } else {
        AppendLiteral(&out_, c);
      }
      any = true;
    }
    return false;
  }

  std::string_view left_;
  std::string out_;
  int open_braces_ = 0;
};

}  // namespace

Result<Glob> Glob::Compile(std::string_view pattern) {
  const auto invalid = [&] {
    return Status(Code::kInvalidValue,
                  "invalid pattern '" + std::string(pattern) + "': validation error");
  };
  const std::optional<std::string> translated = Translator(pattern).Run();
  if (!translated) return invalid();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kExpressionBytesMax);
  auto expression = std::make_unique<re2::RE2>(*translated, options);
  if (!expression->ok()) return invalid();
  return Glob(std::move(expression));
}

Glob::Glob(std::unique_ptr<re2::RE2> expression) : expression_(std::move(expression)) {}
Glob::~Glob() = default;
Glob::Glob(Glob&&) noexcept = default;
Glob& Glob::operator=(Glob&&) noexcept = default;

bool Glob::Matches(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

}  // namespace tarn::versioning
