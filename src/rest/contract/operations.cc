#include <algorithm>
#include <iterator>
#include <vector>

#include "rest/contract/operation.h"

namespace tarn::rest {
namespace {

// Path parameters with a type or a list of values of their own.
constexpr Parameter kSpecial[] = {
    {.name = "partNumber",
     .in = ParameterIn::kPath,
     .type = ParameterType::kInteger,
     .required = true,
     .bounded = true,
     .minimum = 1,
     .maximum = 10'000},
    {.name = "type",
     .in = ParameterIn::kPath,
     .required = true,
     .allowed = {"range", "meta_range"}},
};

std::vector<const Operation*> Collect() {
  std::vector<const Operation*> all;
  for (const std::span<const Operation> group :
       {RepositoryOperations(), RefOperations(), ObjectOperations(), ActionOperations(),
        AuthOperations(), SystemOperations(), OwnOperations()}) {
    for (const Operation& operation : group) all.push_back(&operation);
  }
  return all;
}

}  // namespace

const std::vector<const Operation*>& AllOperations() {
  static const std::vector<const Operation*> all = Collect();
  return all;
}

const Parameter* SpecialPathParameter(std::string_view name) {
  const auto found = std::find_if(std::begin(kSpecial), std::end(kSpecial),
                                  [&](const Parameter& p) { return p.name == name; });
  return found == std::end(kSpecial) ? nullptr : &*found;
}

}  // namespace tarn::rest
