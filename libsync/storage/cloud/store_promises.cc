#include "storage/cloud/store_promises.h"

#include <optional>

namespace lakeferry {
namespace {

constexpr Probed kAllKept{.refuses_second_put = true,
                          .one_of_two_puts = true,
                          .refuses_second_completion = true,
                          .refuses_second_copy = true,
                          .checks_checksums = true,
                          .checks_signatures = true,
                          .shows_what_it_took = true};

}  // namespace

Task<Result<Probed>> StorePromises::BeforeWriting(Call call, std::string where) const {
  if (probe_ == nullptr) co_return kAllKept;
  const std::shared_ptr<StoreProbe> probe = probe_;
  auto probed = co_await probe->Get(std::move(call));
  if (!probed) co_return FailAt(probed.error(), std::move(where));
  LF_CO_TRY_OK(CheckSafe(*probed, std::move(where)));
  co_return probed;
}

bool StorePromises::Vouches() const {
  if (probe_ == nullptr) return true;
  const std::optional<Probed> probed = probe_->Peek();
  return probed && probed->checks_checksums;
}

}  // namespace lakeferry
