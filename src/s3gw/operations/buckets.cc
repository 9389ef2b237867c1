// Operations on buckets as a whole.
#include "codec/xml_writer.h"
#include "s3gw/call.h"
#include "s3gw/documents/xml_time.h"
#include "s3gw/operations/handlers.h"

namespace tarn::s3gw {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";

}  // namespace

Answer ListBuckets(Call& call) {
  TARN_TRY_ASSIGN(const auth::Visibility sight, call.See());
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("ListAllMyBucketsResult").Begin("Buckets");
  const auto list = [&](const refs::Repository& repository) {
    if (!sight.Shows(repository.id.view())) return Status();
    xml.Begin("Bucket").Element("CreationDate", FormatXmlTime(repository.created));
    xml.Element("Name", repository.id.str()).End("Bucket");
    return Status();
  };
  TARN_TRY(call.refs().ForEachRepository(call.query().Get("prefix"), list));
  xml.End("Buckets").Begin("Owner").Element("DisplayName", "").Element("ID", "").End("Owner");
  xml.End("ListAllMyBucketsResult");
  return XmlAnswer(text);
}

// GET would list it, so no length is told.
Answer HeadBucket(Call&) {
  http::Response response;
  response.body = http::StreamBody{};
  return response;
}

// A missing repository never comes here: buckets are not made through the gateway.
Answer PutBucket(Call&) { return Error::kBucketAlreadyExists; }

Answer DeleteBucket(Call&) { return Error::kNotSupported; }

Answer GetBucketLocation(Call& call) {
  const std::string& region = call.options().region;
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  if (region != kDefaultRegion) AppendXmlEscaped(&text, region);
  xml.End("LocationConstraint");
  return XmlAnswer(text);
}

Answer GetBucketVersioning(Call&) {
  return XmlAnswer("<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>");
}

}  // namespace tarn::s3gw
