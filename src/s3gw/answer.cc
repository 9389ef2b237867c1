#include "s3gw/answer.h"

namespace tarn::s3gw {

http::Response EmptyAnswer(int status) {
  http::Response response;
  response.status = status;
  return response;
}

http::Response XmlAnswer(std::string_view elements) {
  constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  std::string text;
  text.reserve(kDeclaration.size() + elements.size());
  text.append(kDeclaration).append(elements);
  http::Response response;
  response.body = std::move(text);
  return response;
}

}  // namespace tarn::s3gw
