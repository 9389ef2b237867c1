// Cases that have failed, as small as they could be made, with what they found. They belong to the
// simulation as it was then: later ones do other things under the same seed, and what each found
// has a test of its own.
#pragma once

#include <array>
#include <string_view>

namespace tarn::sim {

struct CorpusCase {
  std::string_view text;   ///< options.h
  std::string_view found;  ///< What was wrong.
};
inline constexpr std::array<CorpusCase, 3> kCorpus = {{
    {"205223028552061:schedule=205223028552101:servers=1:janitors=1:off=refused,half,dies,"
     "doomed,hook refuses,power cut:operations=0.1,0.2,0.3,0.5,0.8,0.9,0.10,0.11,0.12,"
     "0.13,0.14,0.15,0.16,0.17,0.18,0.19,0.20,0.21,0.22,0.23,0.24,0.25,0.26,0.27,0.28,"
     "0.29,0.31,0.34,0.35,0.36,0.37,0.38,0.39,1.0,2.1,2.3,2.5,2.6,2.7,2.8,2.9,2.10:"
     "troubles=0,1,2,3,4",
     "a dump lacks a commit that another one in it stands on"},
    {"260841307230647:schedule=260841307230673:off=lost,hook refuses:operations=0.2,0.3,"
     "0.4,0.5,0.6,0.7,0.8,0.9,0.12,0.13,0.14,1.0,1.1,1.2,1.3,1.39,2.0,2.1,2.33,2.34,2.36,"
     "3.0,3.1,3.2,3.3,3.4,3.5,3.6,3.7,4.0:troubles=0,1,2",
     "a pull request whose branch was merged stays open"},
    {"10004534:steer=reset path/*/*:operations=0.0,0.1,0.2,0.3,0.4,0.5,0.6,1.0,2.0,2.1,"
     "2.2,2.3,2.4,2.5,2.6,3.0,3.1,3.2,3.3,3.4,3.5,3.6,3.7,3.8,3.9,3.10,3.11,3.12,3.13,3.14,"
     "3.15,3.16,3.17,3.18,3.19,3.20,3.21,3.22,3.23,3.24,3.25,3.26,3.27,3.28,3.29,3.30,3.31,"
     "4.0,4.1,4.2,4.3,4.4,4.5,5.0,5.1,5.2,5.3,5.4,5.5:troubles=0,1,2,3,4,5,6,7,8,9,10,11,"
     "12,13,14,15,16",
     "a pull request is open again whose merged branch was reset"},
}};

}  // namespace tarn::sim
