#include "codec/gob.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace tarn {
namespace {

// Type ids that gob predefines.
enum : int64_t {
  kGobBool = 1,
  kGobInt = 2,
  kGobUint = 3,
  kGobFloat = 4,
  kGobBytes = 5,
  kGobText = 6,
  kGobInterface = 8,
  kGobFirstOwn = 64,  ///< The first that is free.
};
// Fields of a type definition.
constexpr uint64_t kGobSliceField = 2;
constexpr uint64_t kGobMapField = 4;
constexpr int kDepthMax = 16;

// Unsigned: below 128 one byte, else the negated count of bytes and the bytes, big endian.
void AppendUint(std::string* out, uint64_t value) {
  if (value < 128) {
    out->push_back(static_cast<char>(value));
    return;
  }
  std::string bytes;
  for (; value != 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value & 0xff));
  out->push_back(static_cast<char>(-static_cast<int>(bytes.size())));
  out->append(bytes);
}

// Signed: shifted left by one, the low bit telling that the rest is complemented.
void AppendInt(std::string* out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  AppendUint(out, value < 0 ? (~bits << 1) | 1 : bits << 1);
}

void AppendText(std::string* out, std::string_view text) {
  AppendUint(out, text.size());
  out->append(text);
}

// An interface that holds a text: name of the type, its id, length, a zero delta, the value.
void AppendInterfaceText(std::string* out, std::string_view text) {
  AppendText(out, "string");
  AppendInt(out, kGobText);
  std::string value;
  AppendText(&value, text);
  AppendUint(out, value.size() + 1);
  out->push_back('\0');
  out->append(value);
}

Json NumberOf(double value) {
  if (!std::isfinite(value)) return Json();
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return Json(Json::Number{std::string(text, end.ptr)});
}

/// Reads from the front of a view; every method is false at bytes that do not fit.
///
/// A definition of a type ends a message or a part of one, and the length of the next follows it:
/// so the stream can be read without regard to where messages end.
class GobReader {
 public:
  explicit GobReader(std::string_view bytes) : bytes_(bytes) {}

  bool Message(GobMap* out) {
    int64_t type = 0;
    uint64_t count = 0;
    if (!Length() || !TypeOfValue(&type) || !Zero()) return false;
    const auto found = types_.find(type);
    if (found == types_.end() || found->second.key != kGobInterface ||
        found->second.element != kGobInterface || !Uint(&count)) {
      return false;
    }
    for (uint64_t i = 0; i < count; ++i) {
      GobValue name;
      GobValue value;
      if (!Interface(0, &name) || name.type != "string" || !Interface(0, &value)) return false;
      (*out)[name.value.string()] = std::move(value);
    }
    return true;
  }

 private:
  struct Type {
    int64_t key = 0;  ///< 0: a list.
    int64_t element = 0;
  };

  bool Uint(uint64_t* out) {
    if (bytes_.empty()) return false;
    const auto first = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    if (first < 128) return *out = first, true;
    const size_t count = 256U - first;
    if (count > 8 || count > bytes_.size()) return false;
    *out = 0;
    for (size_t i = 0; i < count; ++i) *out = *out << 8 | static_cast<uint8_t>(bytes_[i]);
    bytes_.remove_prefix(count);
    return true;
  }
  bool Int(int64_t* out) {
    uint64_t bits = 0;
    if (!Uint(&bits)) return false;
    *out = static_cast<int64_t>((bits & 1) != 0 ? ~(bits >> 1) : bits >> 1);
    return true;
  }
  bool Text(std::string_view* out) {
    uint64_t size = 0;
    if (!Uint(&size) || size > bytes_.size()) return false;
    *out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return true;
  }
  bool Zero() {
    uint64_t value = 0;
    return Uint(&value) && value == 0;
  }
  bool Length() {
    uint64_t size = 0;
    return Uint(&size) && size <= bytes_.size();
  }

  /// The type of what follows; definitions of types come first.
  bool TypeOfValue(int64_t* out) {
    for (;;) {
      if (!Int(out)) return false;
      if (*out >= 0) return true;
      if (!Definition(-*out) || !Length()) return false;
    }
  }

  bool Definition(int64_t id) {
    uint64_t kind = 0;
    uint64_t delta = 0;
    if (id < kGobFirstOwn || !Uint(&kind) || (kind != kGobSliceField && kind != kGobMapField) ||
        !Uint(&delta) || delta != 1 || !NameAndId()) {
      return false;
    }
    int64_t parts[2] = {0, 0};
    const int wanted = kind == kGobMapField ? 2 : 1;
    for (int i = 0; i < wanted; ++i)
      if (!Uint(&delta) || delta != 1 || !Int(&parts[i])) return false;
    types_[id] = kind == kGobMapField ? Type{parts[0], parts[1]} : Type{0, parts[0]};
    return Zero() && Zero();
  }
  bool NameAndId() {
    uint64_t field = 0;
    for (;;) {
      uint64_t delta = 0;
      std::string_view name;
      int64_t id = 0;
      if (!Uint(&delta)) return false;
      if (delta == 0) return true;
      field += delta;
      if (!(field == 1 ? Text(&name) : field == 2 && Int(&id))) return false;
    }
  }

  bool Interface(int depth, GobValue* out) {
    std::string_view name;
    int64_t type = 0;
    if (!Text(&name)) return false;
    if (name.empty()) return true;
    out->type = name;
    return TypeOfValue(&type) && Length() && Zero() && Value(type, depth + 1, &out->value);
  }

  bool Value(int64_t type, int depth, Json* out) {
    if (depth > kDepthMax) return false;
    if (type >= kGobFirstOwn) return Composite(type, depth, out);
    uint64_t bits = 0;
    int64_t number = 0;
    std::string_view text;
    switch (type) {
      case kGobBool:
        return Uint(&bits) && (*out = Json(bits != 0), true);
      case kGobInt:
        return Int(&number) && (*out = Json(number), true);
      case kGobUint:
        return Uint(&bits) && (*out = Json(Json::Number{std::to_string(bits)}), true);
      case kGobFloat: {
        if (!Uint(&bits)) return false;
        bits = __builtin_bswap64(bits);
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return *out = NumberOf(value), true;
      }
      case kGobBytes:
        return Text(&text);
      case kGobText:
        return Text(&text) && (*out = Json(text), true);
      case kGobInterface: {
        GobValue inner;
        if (!Interface(depth, &inner)) return false;
        if (inner.type != "[]string") *out = std::move(inner.value);
        return true;
      }
      default:
        return false;
    }
  }

  bool Composite(int64_t type, int depth, Json* out) {
    const auto found = types_.find(type);
    uint64_t count = 0;
    if (found == types_.end() || !Uint(&count)) return false;
    const Type shape = found->second;
    *out = shape.key == 0 ? Json(Json::Array()) : Json(Json::Object());
    for (uint64_t i = 0; i < count; ++i) {
      Json name;
      Json value;
      if (shape.key != 0 && (!Value(shape.key, depth + 1, &name) || !name.is_string()))
        return false;
      if (!Value(shape.element, depth + 1, &value)) return false;
      if (shape.key == 0)
        out->items().push_back(std::move(value));
      else
        out->Set(name.string(), std::move(value));
    }
    return true;
  }

  std::string_view bytes_;
  std::map<int64_t, Type> types_;
};

}  // namespace

std::string EncodeGobMap(std::string_view name, std::string_view text) {
  std::string definition;
  AppendInt(&definition, -kGobFirstOwn);
  AppendUint(&definition, kGobMapField);
  AppendUint(&definition, 1);  // its first field: the common part
  AppendUint(&definition, 2);  // of which the second field: the id
  AppendInt(&definition, kGobFirstOwn);
  AppendUint(&definition, 0);
  AppendUint(&definition, 1);
  AppendInt(&definition, kGobInterface);  // key
  AppendUint(&definition, 1);
  AppendInt(&definition, kGobInterface);  // element
  AppendUint(&definition, 0);
  AppendUint(&definition, 0);
  std::string map;
  AppendInt(&map, kGobFirstOwn);
  AppendUint(&map, 0);
  AppendUint(&map, 1);  // count
  AppendInterfaceText(&map, name);
  AppendInterfaceText(&map, text);
  std::string out;
  AppendText(&out, definition);
  AppendText(&out, map);
  return out;
}

std::optional<GobMap> DecodeGobMap(std::string_view bytes) {
  GobMap map;
  if (!GobReader(bytes).Message(&map)) return std::nullopt;
  return map;
}

}  // namespace tarn
