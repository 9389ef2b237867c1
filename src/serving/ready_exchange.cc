#include "serving/ready_exchange.h"

#include <utility>

namespace tarn::serving {
namespace {

constexpr int kTooLargeStatus = 413;

class Ready : public http::Exchange {
 public:
  explicit Ready(http::Response response) : response_(std::move(response)) {}
  http::BodyPlan body_plan() const override { return http::BodyPlan::kNone; }
  bool try_inline() const override { return true; }
  std::optional<http::Response> Answer(std::string_view) override { return std::move(response_); }
  http::Response TooLarge() override {
    http::Response response;
    response.status = kTooLargeStatus;
    return response;
  }

 private:
  http::Response response_;
};

}  // namespace

std::unique_ptr<http::Exchange> ReadyExchange(http::Response response) {
  return std::make_unique<Ready>(std::move(response));
}

}  // namespace tarn::serving
