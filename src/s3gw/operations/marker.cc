#include "s3gw/operations/marker.h"

#include "codec/base64.h"
#include "codec/utf8.h"
#include "codec/xml_writer.h"

namespace tarn::s3gw {
namespace {

/// No ref begins with a colon, so no key of a listing is taken for such a text.
constexpr std::string_view kEncodedMark = ":base64:";

bool FitsIntoXml(std::string_view text) {
  std::string escaped;
  AppendXmlEscaped(&escaped, text);
  return escaped.find(kReplacementCharacter) == std::string::npos;
}

}  // namespace

std::string MarkerText(std::string_view key) {
  if (FitsIntoXml(key) && !key.starts_with(kEncodedMark)) return std::string(key);
  std::string text(kEncodedMark);
  AppendBase64(&text, key, Base64::kUrlUnpadded);
  return text;
}

std::string ReadMarker(std::string_view marker) {
  if (!marker.starts_with(kEncodedMark)) return std::string(marker);
  const auto key = DecodeBase64(marker.substr(kEncodedMark.size()), Base64::kUrlUnpadded);
  return key ? *key : std::string(marker);
}

}  // namespace tarn::s3gw
