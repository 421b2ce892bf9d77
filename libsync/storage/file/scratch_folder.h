// ScratchFolder: Scratch as files without a name in one local folder, so that a crash leaves nothing behind.
#pragma once

#include <memory>
#include <string>

#include "env/scratch.h"

namespace lakeferry {

class ScratchFolder final : public Scratch {
 public:
  // `unnamed_files` false: as on a file system without O_TMPFILE, where a file has a name for as long as it takes to
  // remove it; a crash in between leaves an empty file `.lakeferry-….tmp`.
  explicit ScratchFolder(std::string folder, bool unnamed_files = true)
      : folder_(std::move(folder)), unnamed_files_(unnamed_files) {}

  Result<std::unique_ptr<ScratchFile>> Open() override;

 private:
  const std::string folder_;
  const bool unnamed_files_;
};

}  // namespace lakeferry
