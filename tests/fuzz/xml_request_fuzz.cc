// Any bytes as the XML document of a request: deletion of many objects, completion of an upload.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/xml_reader.h"
#include "s3gw/documents/xml_requests.h"

namespace tarn::s3gw {
namespace {

void Run(std::string_view document) {
  const bool readable = XmlDocument::Parse(document).ok();
  const auto deletion = ReadDeleteRequest(document);
  const auto completion = ReadCompleteRequest(document);
  // Nothing is made of a document that is none, and all that is made of one stands in it.
  TARN_CHECK(readable || (!deletion.ok() && !completion.ok()));
  if (deletion.ok()) TARN_CHECK(deletion->objects.size() <= document.size());
  if (completion.ok()) TARN_CHECK(completion->size() <= document.size());
}

}  // namespace
}  // namespace tarn::s3gw

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::s3gw::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
