#include "codec/gob_cookie.h"

#include <openssl/crypto.h>

#include <charconv>

#include "codec/base64.h"
#include "codec/digest.h"

namespace tarn {
namespace {

// Type ids that gob predefines.
constexpr int64_t kGobInterface = 8;
constexpr int64_t kGobText = 6;
// Field of a type definition that is a map.
constexpr uint64_t kGobMapField = 4;
// The id our own encoder gives to map[interface]interface: the first free one.
constexpr int64_t kGobFirstType = 64;

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

std::string EncodeGobMap(std::string_view name, std::string_view value) {
  std::string definition;
  AppendInt(&definition, -kGobFirstType);
  AppendUint(&definition, kGobMapField);
  AppendUint(&definition, 1);  // its first field: the common part
  AppendUint(&definition, 2);  // of which the second field: the id
  AppendInt(&definition, kGobFirstType);
  AppendUint(&definition, 0);
  AppendUint(&definition, 1);
  AppendInt(&definition, kGobInterface);  // key
  AppendUint(&definition, 1);
  AppendInt(&definition, kGobInterface);  // element
  AppendUint(&definition, 0);
  AppendUint(&definition, 0);
  std::string map;
  AppendInt(&map, kGobFirstType);
  AppendUint(&map, 0);
  AppendUint(&map, 1);  // count
  AppendInterfaceText(&map, name);
  AppendInterfaceText(&map, value);
  std::string out;
  AppendText(&out, definition);
  AppendText(&out, map);
  return out;
}

// Reads gob from the front of a view; every method is false at bytes that do not fit.
class GobReader {
 public:
  explicit GobReader(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const { return bytes_.empty(); }

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

 private:
  std::string_view bytes_;
};

enum class GobRead : uint8_t { kDone, kStop, kBroken };

// The value of an interface: a text, or nothing for any other type, whose bytes are stepped over.
// kStop when a type is defined in place: what follows cannot be told apart without knowing it.
GobRead ReadInterface(GobReader* reader, std::optional<std::string>* out) {
  std::string_view type_name;
  int64_t type = 0;
  std::string_view value;
  out->reset();
  if (!reader->Text(&type_name)) return GobRead::kBroken;
  if (type_name.empty()) return GobRead::kDone;  // nil
  if (!reader->Int(&type)) return GobRead::kBroken;
  if (type < 0) return GobRead::kStop;
  if (!reader->Text(&value)) return GobRead::kBroken;
  if (type != kGobText) return GobRead::kDone;
  GobReader inner(value);
  uint64_t delta = 0;
  std::string_view text;
  if (!inner.Uint(&delta) || delta != 0 || !inner.Text(&text)) return GobRead::kBroken;
  out->emplace(text);
  return GobRead::kDone;
}

std::optional<CookieValues> ReadMap(GobReader* reader) {
  uint64_t delta = 0;
  uint64_t count = 0;
  if (!reader->Uint(&delta) || delta != 0 || !reader->Uint(&count)) return std::nullopt;
  CookieValues values;
  for (uint64_t i = 0; i < count; ++i) {
    std::optional<std::string> key;
    std::optional<std::string> value;
    if (ReadInterface(reader, &key) != GobRead::kDone || !key) return std::nullopt;
    const GobRead end = ReadInterface(reader, &value);
    if (end == GobRead::kBroken) return std::nullopt;
    values[*key] = std::move(value);
    if (end == GobRead::kStop) break;
  }
  return values;
}

std::optional<CookieValues> DecodeGobMap(std::string_view bytes) {
  GobReader stream(bytes);
  while (!stream.empty()) {
    std::string_view message;
    int64_t type = 0;
    if (!stream.Text(&message)) return std::nullopt;
    GobReader reader(message);
    if (!reader.Int(&type)) return std::nullopt;
    // Type definitions come first; the names inside the values say enough about those we read.
    if (type >= 0) return ReadMap(&reader);
  }
  return std::nullopt;
}

std::string Signature(std::string_view name, std::string_view key, std::string_view dated) {
  std::string text(name);
  text += '|';
  text += dated;
  return std::string(AsView(HmacSha256(key, text)));
}

}  // namespace

Result<std::string> EncodeCookie(std::string_view name, std::string_view key, int64_t now_seconds,
                                 std::string_view value_name, std::string_view value) {
  std::string dated = std::to_string(now_seconds) + "|";
  AppendBase64(&dated, EncodeGobMap(value_name, value), Base64::kUrl);
  const std::string mac = Signature(name, key, dated);
  std::string cookie = EncodeBase64(dated + "|" + mac, Base64::kUrl);
  if (cookie.size() > kCookieBytesMax) return Status(Code::kTooLarge, "the value is too long");
  return cookie;
}

std::optional<CookieValues> DecodeCookie(std::string_view name, std::string_view key,
                                         int64_t now_seconds, std::string_view cookie) {
  if (cookie.size() > kCookieBytesMax) return std::nullopt;
  const auto text = DecodeBase64(cookie, Base64::kUrl);
  if (!text) return std::nullopt;
  const std::string_view all = *text;
  const size_t first = all.find('|');
  const size_t second = all.find('|', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  const std::string wanted = Signature(name, key, all.substr(0, second));
  const std::string_view mac = all.substr(second + 1);
  if (mac.size() != wanted.size() || CRYPTO_memcmp(mac.data(), wanted.data(), wanted.size()) != 0) {
    return std::nullopt;
  }
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(all.data(), all.data() + first, seconds);
  if (error != std::errc() || end != all.data() + first) return std::nullopt;
  if (seconds < now_seconds - kCookieSecondsMax) return std::nullopt;
  const auto payload = DecodeBase64(all.substr(first + 1, second - first - 1), Base64::kUrl);
  return payload ? DecodeGobMap(*payload) : std::nullopt;
}

}  // namespace tarn
