// Stands before the header of the same name of libprotobuf in builds with ThreadSanitizer: with it,
// the header gives maps two members more than the library, which was built without, knows of.
#pragma once
#include <memory>  // decides by the macro too, and must see it
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#define __SANITIZE_THREAD__ 1
