#include "s3gw/documents/error_document.h"

#include "base/random.h"
#include "codec/xml_writer.h"

namespace tarn::s3gw {
namespace {

/// 16 random hex digits, as the reference sends them.
std::string NewHostId() {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  uint64_t bits = SystemRandom().Next64();
  std::string id(16, '0');
  for (char& digit : id) {
    digit = kDigits[bits & 0xF];
    bits >>= 4;
  }
  return id;
}

}  // namespace

std::string ErrorDocument(const Failure& failure, const ErrorPlace& place) {
  const ErrorRow& row = RowOf(failure.error);
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("Error").Element("Code", row.code);
  xml.Element("Message", failure.message.empty() ? row.message : failure.message);
  if (!failure.detail_name.empty()) xml.Element(failure.detail_name, failure.detail);
  if (!place.key.empty()) xml.Element("Key", place.key);
  if (!place.bucket.empty()) xml.Element("BucketName", place.bucket);
  xml.Element("Resource", place.resource);
  if (!place.region.empty()) xml.Element("Region", place.region);
  xml.Element("RequestId", place.request_id).Element("HostId", NewHostId()).End("Error");
  return text;
}

}  // namespace tarn::s3gw
