// Pictures of the sample data that are drawn from its lakes. Level 7; pure.
#pragma once

#include <string>
#include <vector>

namespace tarn::catalog {

struct SampleChart {
  std::string path;
  std::string png;
};

/// How deep the lakes of each country are: a bar for each fortieth of the depth of the deepest.
std::vector<SampleChart> SampleCharts();

}  // namespace tarn::catalog
