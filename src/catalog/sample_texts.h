// The texts of the sample data: the tutorial, the description of the table, the pictures. Level 7;
// pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tarn::catalog {

struct SampleText {
  std::string_view path, content_type;
  std::string_view text;  ///< With marks, as "{{branch}}": see RenderSample.
};

std::span<const SampleText> SampleTexts();
/// `text` with its marks replaced by the names of a repository and of its default branch.
std::string RenderSample(std::string_view text, std::string_view repository,
                         std::string_view branch);

}  // namespace tarn::catalog
