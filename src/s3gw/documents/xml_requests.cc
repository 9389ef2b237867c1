#include "s3gw/documents/xml_requests.h"

#include <optional>

#include "base/text.h"
#include "codec/go_number.h"
#include "codec/xml_reader.h"

namespace tarn::s3gw {
namespace {

/// XML's white space.
constexpr std::string_view kSpace = " \t\r\n";

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
    if (child.name() == "ETag") part.entity_tag = Trim(Trim(text, kSpace), "\"");
    if (child.name() != "PartNumber") return {};
    const ReadInteger number = ReadDecimalInteger(Trim(text, kSpace));
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
    const std::string_view word = Trim(text, kSpace);
    const auto quiet = word.empty() ? std::optional(false) : ReadBoolean(word);
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
