#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "fmt/format.h"
#include "hooks/condition/node.h"
#include "hooks/condition/token.h"

namespace tarn::hooks::condition {
namespace {

constexpr int kDepthMax = 100;
/// Operators and members in a row, which are read in a loop but evaluated by recursion.
constexpr int kLinksMax = 1000;

struct Operator {
  std::string_view spelled;
  int strength;
  bool is_right = false;  ///< a ** b ** c is a ** (b ** c).
};
constexpr std::array<Operator, 26> kBinary = {{
    {"|", 0},         {"or", 10}, {"||", 10},        {"and", 15},      {"&&", 15},
    {"==", 20},       {"!=", 20}, {"<", 20},         {">", 20},        {"<=", 20},
    {">=", 20},       {"in", 20}, {"matches", 20},   {"contains", 20}, {"startsWith", 20},
    {"endsWith", 20}, {"..", 25}, {"+", 30},         {"-", 30},        {"*", 60},
    {"/", 60},        {"%", 60},  {"**", 100, true}, {"^", 100, true}, {"??", 500},
    {"not", 20},
}};
constexpr std::array<Operator, 4> kUnary = {{{"not", 50}, {"!", 50}, {"-", 90}, {"+", 90}}};
/// Functions whose last argument is evaluated for each item.
constexpr std::array<std::string_view, 13> kWithClosures = {
    "all",       "none",     "any",           "one",   "filter",  "map",   "find",
    "findIndex", "findLast", "findLastIndex", "count", "groupBy", "reduce"};

const Operator* FindOperator(std::span<const Operator> table, const Token& token) {
  if (token.kind != Token::Kind::kOperator) return nullptr;
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Operator& row) { return row.spelled == token.text; });
  return found == table.end() ? nullptr : &*found;
}

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  Result<NodePtr> Run() {
    TARN_TRY_ASSIGN(NodePtr node, Sequence());
    if (token().kind != Token::Kind::kEnd) return Unexpected();
    return node;
  }

 private:
  using Kind = Node::Kind;
  const Token& token() const { return tokens_[next_]; }
  bool At(std::string_view spelled) const {
    return token().Is(Token::Kind::kOperator, spelled) ||
           token().Is(Token::Kind::kBracket, spelled);
  }
  bool Take(std::string_view spelled) {
    if (!At(spelled)) return false;
    ++next_;
    return true;
  }
  Status Expect(std::string_view spelled) { return Take(spelled) ? Status() : Unexpected(); }

  Status Unexpected() const {
    constexpr std::array<std::string_view, 6> kNames = {"Identifier", "Number",  "String",
                                                        "Operator",   "Bracket", "EOF"};
    const std::string_view kind = kNames[static_cast<size_t>(token().kind)];
    return FailureAt(source_, token().at,
                     token().kind == Token::Kind::kEnd
                         ? "unexpected token EOF"
                         : fmt::format("unexpected token {}(\"{}\")", kind, token().text));
  }

  static NodePtr Make(Kind kind, size_t at, std::string text = {}) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->at = at;
    node->text = std::move(text);
    return node;
  }
  template <class... Children>
  static NodePtr MakeWith(NodePtr node, Children... children) {
    (node->children.push_back(std::move(children)), ...);
    return node;
  }

  /// Variables, then an expression.
  Result<NodePtr> Sequence() {
    if (!At("let")) return Expression(0);
    const size_t at = token().at;
    ++next_;
    if (token().kind != Token::Kind::kName) return Unexpected();
    std::string name = tokens_[next_++].text;
    TARN_TRY(Expect("="));
    TARN_TRY_ASSIGN(NodePtr value, Expression(0));
    TARN_TRY(Expect(";"));
    const Nesting nesting(this);
    if (!nesting.fits()) return TooDeep();
    TARN_TRY_ASSIGN(NodePtr body, Sequence());
    return MakeWith(Make(Kind::kLet, at, std::move(name)), std::move(value), std::move(body));
  }

  struct Nesting {
    explicit Nesting(Parser* parser) : parser_(parser) { ++parser_->depth_; }
    ~Nesting() { --parser_->depth_; }
    bool fits() const { return parser_->depth_ <= kDepthMax; }
    Parser* const parser_;
  };
  Status TooDeep() const { return FailureAt(source_, token().at, "the expression is too deep"); }

  Result<NodePtr> Expression(int strength) {
    const Nesting nesting(this);
    if (!nesting.fits()) return TooDeep();
    TARN_TRY_ASSIGN(NodePtr left, Unary());
    for (const Operator* row = FindOperator(kBinary, token());
         row != nullptr && row->strength >= strength; row = FindOperator(kBinary, token())) {
      if (++links_ > kLinksMax) return TooDeep();
      const Token op = tokens_[next_++];
      const bool is_negated = op.text == "not";
      std::string spelled = op.text;
      if (is_negated) {
        const Operator* const negated = FindOperator(kBinary, token());
        if (negated == nullptr || negated->strength != row->strength) return Unexpected();
        spelled = tokens_[next_++].text;
      }
      if (spelled == "|") {
        TARN_TRY_ASSIGN(left, Pipe(std::move(left)));
        continue;
      }
      TARN_TRY_ASSIGN(NodePtr right, Expression(row->is_right ? row->strength : row->strength + 1));
      left = MakeWith(Make(Kind::kBinary, op.at, spelled), std::move(left), std::move(right));
      if (is_negated) left = MakeWith(Make(Kind::kUnary, op.at, "not"), std::move(left));
    }
    return strength == 0 ? Ternary(std::move(left)) : Result<NodePtr>(std::move(left));
  }

  Result<NodePtr> Pipe(NodePtr left) {
    if (token().kind != Token::Kind::kName) return Unexpected();
    const Token name = tokens_[next_++];
    if (!At("(")) return Unexpected();
    TARN_TRY_ASSIGN(NodePtr call, Call(name, std::move(left)));
    return Postfix(std::move(call));
  }

  Result<NodePtr> Ternary(NodePtr condition) {
    const size_t at = token().at;
    if (Take("?:")) {
      // The condition is evaluated once more; conditions have no effects.
      TARN_TRY_ASSIGN(NodePtr otherwise, Expression(0));
      return MakeWith(Make(Kind::kCondition, at), std::move(condition), NodePtr(),
                      std::move(otherwise));
    }
    if (!Take("?")) return condition;
    TARN_TRY_ASSIGN(NodePtr then, Expression(0));
    TARN_TRY(Expect(":"));
    TARN_TRY_ASSIGN(NodePtr otherwise, Expression(0));
    return MakeWith(Make(Kind::kCondition, at), std::move(condition), std::move(then),
                    std::move(otherwise));
  }

  Result<NodePtr> Unary() {
    const Token first = token();
    if (const Operator* const row = FindOperator(kUnary, first)) {
      ++next_;
      TARN_TRY_ASSIGN(NodePtr operand, Expression(row->strength));
      return MakeWith(Make(Kind::kUnary, first.at, first.text), std::move(operand));
    }
    if (Take("(")) {
      TARN_TRY_ASSIGN(NodePtr inner, Sequence());
      TARN_TRY(Expect(")"));
      return Postfix(std::move(inner));
    }
    if (closures_ > 0 && (At("#") || At("."))) {
      const bool is_field = !Take("#");
      auto pointer = Make(Kind::kPointer, first.at);
      if (is_field) {
        ++next_;
        if (token().kind != Token::Kind::kName) return Unexpected();
        pointer->text = tokens_[next_++].text;
      } else if (token().kind == Token::Kind::kName && token().at == first.at + 1) {
        pointer->text = "#" + tokens_[next_++].text;
      }
      return Postfix(std::move(pointer));
    }
    TARN_TRY_ASSIGN(NodePtr primary, Primary());
    return Postfix(std::move(primary));
  }

  Result<NodePtr> Primary() {
    const Token first = token();
    if (first.kind == Token::Kind::kNumber || first.kind == Token::Kind::kText) {
      ++next_;
      auto literal = Make(Kind::kLiteral, first.at);
      literal->literal = first.kind == Token::Kind::kText ? Value(first.text) : first.number;
      return literal;
    }
    if (first.kind == Token::Kind::kName) {
      ++next_;
      if (At("(")) return Call(first, nullptr);
      auto literal = Make(Kind::kLiteral, first.at);
      if (first.text == "nil") return literal;
      if (first.text == "true" || first.text == "false") {
        literal->literal = Value(first.text == "true");
        return literal;
      }
      return Make(Kind::kName, first.at, first.text);
    }
    if (Take("[")) {
      auto list = Make(Kind::kList, first.at);
      TARN_TRY(Items("]", [&]() -> Status {
        TARN_TRY_ASSIGN(NodePtr item, Expression(0));
        list->children.push_back(std::move(item));
        return {};
      }));
      return list;
    }
    if (Take("{")) {
      auto map = Make(Kind::kMap, first.at);
      TARN_TRY(Items("}", [&] { return MapEntry(map.get()); }));
      return map;
    }
    return Unexpected();
  }

  Status MapEntry(Node* map) {
    const Token name = token();
    NodePtr key;
    if (name.kind == Token::Kind::kBracket) {
      TARN_TRY(Expect("("));
      TARN_TRY_ASSIGN(key, Expression(0));
      TARN_TRY(Expect(")"));
    } else {
      if (name.kind == Token::Kind::kOperator || name.kind == Token::Kind::kEnd)
        return Unexpected();
      ++next_;
      key = Make(Kind::kLiteral, name.at);
      key->literal = Value(name.text);
    }
    TARN_TRY(Expect(":"));
    TARN_TRY_ASSIGN(NodePtr value, Expression(0));
    map->children.push_back(std::move(key));
    map->children.push_back(std::move(value));
    return {};
  }

  /// Items with commas between them, up to a bracket.
  template <class One>
  Status Items(std::string_view end, const One& one) {
    while (!Take(end)) {
      TARN_TRY(one());
      if (Take(end)) return {};
      TARN_TRY(Expect(","));
    }
    return {};
  }

  Result<NodePtr> Call(const Token& name, NodePtr piped) {
    TARN_TRY(Expect("("));
    auto call = Make(Kind::kCall, name.at, name.text);
    if (piped) call->children.push_back(std::move(piped));
    const bool has_closure =
        std::find(kWithClosures.begin(), kWithClosures.end(), name.text) != kWithClosures.end();
    TARN_TRY(Items(")", [&]() -> Status {
      const bool is_closure = has_closure && call->children.size() == 1;
      TARN_TRY_ASSIGN(NodePtr argument, is_closure ? Closure() : Expression(0));
      call->children.push_back(std::move(argument));
      return {};
    }));
    return call;
  }

  Result<NodePtr> Closure() {
    const size_t at = token().at;
    const bool has_braces = Take("{");
    ++closures_;
    auto body = has_braces ? Sequence() : Expression(0);
    --closures_;
    if (!body.ok()) return body;
    if (has_braces) TARN_TRY(Expect("}"));
    return MakeWith(Make(Kind::kClosure, at), *std::move(body));
  }

  Result<NodePtr> Postfix(NodePtr node) {
    for (;;) {
      const bool is_link = At(".") || At("?.") || At("[");
      if (is_link && ++links_ > kLinksMax) return TooDeep();
      const bool is_optional = At("?.");
      if (Take(".") || Take("?.")) {
        const Token name = token();
        const bool is_word = name.kind == Token::Kind::kName ||
                             (name.kind == Token::Kind::kOperator && name.text[0] >= 'a');
        if (!is_word) return Unexpected();
        ++next_;
        TARN_TRY_ASSIGN(node, Member(std::move(node), name, is_optional));
      } else if (Take("[")) {
        TARN_TRY_ASSIGN(node, Index(std::move(node)));
      } else {
        return node;
      }
    }
  }

  Result<NodePtr> Member(NodePtr object, const Token& name, bool is_optional) {
    if (At("(")) {
      TARN_TRY_ASSIGN(NodePtr call, Call(name, std::move(object)));
      call->kind = Kind::kMethod;
      return call;
    }
    auto key = Make(Kind::kLiteral, name.at);
    key->literal = Value(name.text);
    return MakeWith(Make(is_optional ? Kind::kOptional : Kind::kMember, name.at), std::move(object),
                    std::move(key));
  }

  Result<NodePtr> Index(NodePtr object) {
    const size_t at = token().at;
    NodePtr from;
    if (!At(":")) {
      TARN_TRY_ASSIGN(from, Expression(0));
    }
    if (!Take(":")) {
      TARN_TRY(Expect("]"));
      return MakeWith(Make(Kind::kMember, at), std::move(object), std::move(from));
    }
    NodePtr to;
    if (!At("]")) {
      TARN_TRY_ASSIGN(to, Expression(0));
    }
    TARN_TRY(Expect("]"));
    return MakeWith(Make(Kind::kSlice, at), std::move(object), std::move(from), std::move(to));
  }

  const std::string_view source_;
  const std::vector<Token> tokens_;
  size_t next_ = 0;
  int depth_ = 0;
  int links_ = 0;     ///< In the whole expression.
  int closures_ = 0;  ///< Those that the parser is in.
};

}  // namespace

Result<NodePtr> Parse(std::string_view source) {
  TARN_TRY_ASSIGN(std::vector<Token> tokens, Tokenize(source));
  return Parser(source, std::move(tokens)).Run();
}

}  // namespace tarn::hooks::condition
