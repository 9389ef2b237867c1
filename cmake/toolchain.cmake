# Compiler and linker settings shared by every target.

find_program(CCACHE ccache)
if(CCACHE)
  # Sloppiness lets ccache work together with precompiled headers; checkouts share what they compile.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Woverloaded-virtual -Wno-missing-field-initializers -fdiagnostics-color=auto)
if(TARN_UNITS GREATER 1 AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # To the compiler the files of a unit are headers, which should not use unnamed namespaces.
  add_compile_options(-Wno-subobject-linkage)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # What a mutex guards is used under it only (base/sync.h).
  add_compile_options(-Wthread-safety -Werror=thread-safety)
endif()
if(TARN_WERROR)
  # GCC 12 warns wrongly about the insides of std::string and std::vector: what it infers from
  # inlined library code stays a warning.
  add_compile_options(-Werror -Wno-error=restrict -Wno-error=stringop-overflow
                      -Wno-error=stringop-overread -Wno-error=array-bounds
                      -Wno-error=maybe-uninitialized -Wno-error=dangling-pointer
                      -Wno-error=free-nonheap-object)
endif()

if(TARN_SANITIZE)
  add_compile_options(-fsanitize=${TARN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TARN_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND TARN_SANITIZE MATCHES undefined)
    # Clang 14 cannot mark coroutines, which it splits, for this check.
    add_compile_options(-fno-sanitize=function)
  endif()
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
  add_link_options(-Wl,-z,relro,-z,now)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(_FORTIFY_SOURCE=2)
    # What nobody calls is left out.
    add_compile_options(-ffunction-sections)
    add_link_options(-Wl,--gc-sections)
  endif()
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -g1")
# With sanitizers GCC compiles with -Og in half the time of -O1, clang with -O0 in half of that.
set(TARN_DEBUG_LEVEL -Og CACHE STRING "The optimization of debug builds")
set(CMAKE_CXX_FLAGS_DEBUG "${TARN_DEBUG_LEVEL} -g1")

if(TARN_PCH)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ccache needs the macros of the precompiled header in its input.
    add_compile_options(-fpch-preprocess)
  endif()
  add_library(tarn_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
  target_precompile_headers(tarn_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
endif()
