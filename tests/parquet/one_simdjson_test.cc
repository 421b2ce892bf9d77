// Both our code and the Parquet library bring a simdjson; ours must be the one that is called.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <simdjson.h>

#include <string>

#include "parquet/arrow_checkpoint_reader.h"

namespace lakeferry::parquet {
namespace {

TEST(Simdjson, IsTheOneWhoseHeadersWeCompileWith) {
  const ArrowCheckpointReader links_the_parquet_library;
  static_cast<void>(links_the_parquet_library);
  Dl_info found{};
  const auto& implementation = *simdjson::get_active_implementation();
  ASSERT_NE(::dladdr(*reinterpret_cast<void* const*>(&implementation), &found), 0);
  EXPECT_THAT(std::string(found.dli_fname), ::testing::HasSubstr("libsimdjson"));
}

}  // namespace
}  // namespace lakeferry::parquet
