#include "s3gw/documents/xml_requests.h"

#include <optional>

#include "codec/go_number.h"
#include "codec/xml_reader.h"

namespace tarn::s3gw {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

std::string_view WithoutQuotes(std::string_view tag) {
  while (tag.starts_with('"')) tag.remove_prefix(1);
  while (tag.ends_with('"')) tag.remove_suffix(1);
  return tag;
}

Status ReadObject(XmlElement object, DeleteRequest* request) {
  ObjectToDelete wanted;
  TARN_TRY(object.ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Key") wanted.key = child.text();
    if (child.name() == "VersionId") wanted.version_id = child.text();
    if (child.name() == "ETag") wanted.entity_tag = child.text();
    if (child.name() == "LastModifiedTime") wanted.last_modified_time = child.text();
    if (child.name() == "Size") wanted.size = child.text();
    return {};
  }));
  request->objects.push_back(std::move(wanted));
  return {};
}

Status ReadPart(XmlElement element, std::vector<CompletedPart>* parts) {
  CompletedPart part;
  TARN_TRY(element.ForEachChild([&](XmlElement child) -> Status {
    const std::string text = child.text();
    if (child.name() == "ETag") part.entity_tag = WithoutQuotes(Trimmed(text));
    if (child.name() != "PartNumber") return {};
    const ReadInteger number = ReadDecimalInteger(Trimmed(text));
    if (number.error != NumberError::kNone)
      return {Code::kInvalidRequest, "PartNumber must be a number"};
    part.number = number.value;
    return {};
  }));
  parts->push_back(std::move(part));
  return {};
}

}  // namespace

Result<DeleteRequest> ReadDeleteRequest(std::string_view document) {
  TARN_TRY_ASSIGN(const XmlDocument xml, XmlDocument::Parse(document));
  DeleteRequest request;
  TARN_TRY(xml.root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "Object") return ReadObject(child, &request);
    if (child.name() != "Quiet") return {};
    const std::string text = child.text();
    const auto quiet = Trimmed(text).empty() ? std::optional(false) : ReadBoolean(Trimmed(text));
    if (!quiet) return {Code::kInvalidRequest, "Quiet must be true or false"};
    request.quiet = *quiet;
    return {};
  }));
  return request;
}

Result<std::vector<CompletedPart>> ReadCompleteRequest(std::string_view document) {
  TARN_TRY_ASSIGN(const XmlDocument xml, XmlDocument::Parse(document));
  std::vector<CompletedPart> parts;
  TARN_TRY(xml.root().ForEachChild([&](XmlElement child) -> Status {
    return child.name() == "Part" ? ReadPart(child, &parts) : Status();
  }));
  return parts;
}

}  // namespace tarn::s3gw
