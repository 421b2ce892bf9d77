// SystemHost: the machine that this process runs on.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "storage/cloud/host.h"

namespace lakeferry {

// Files and programs are waited for on `pool`, which outlives the calls.
class SystemHost final : public Host {
 public:
  explicit SystemHost(boost::asio::any_io_executor pool) : pool_(std::move(pool)) {}

  std::optional<std::string> Variable(const std::string& name) override;
  Secret SecretVariable(const std::string& name) override;
  Task<Result<Secret>> ReadFile(Call call, std::string path) override;
  Task<Result<Secret>> Run(Call call, std::vector<std::string> command, Millis longest) override;

 private:
  boost::asio::any_io_executor pool_;
};

}  // namespace lakeferry
