// Writes a classic checkpoint: `write_checkpoint FILE` takes the actions of a state on its input, one JSON object a
// line, and prints what _last_checkpoint says of the file.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "delta/commit_json.h"
#include "parquet/arrow_checkpoint_writer.h"

namespace {

lakeferry::Result<lakeferry::delta::CheckpointSummary> Write(const std::string& actions, std::ostream& file) {
  const auto encoder = lakeferry::parquet::ArrowCheckpointWriter().Begin();
  LF_TRY_OK(lakeferry::delta::ReadActions(actions, "standard input", *encoder));
  LF_TRY(const auto summary, encoder->Finish());
  file << encoder->TakeBytes();
  return summary;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: write_checkpoint FILE < ACTIONS\n";
    return EXIT_FAILURE;
  }
  const std::string actions((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  std::ofstream file(argv[1], std::ios::binary);
  const auto summary = Write(actions, file);
  if (!summary || !file.flush()) {
    std::cerr << (summary ? "cannot write the file" : lakeferry::ToString(summary.error())) << '\n';
    return EXIT_FAILURE;
  }
  std::cout << "{\"size\":" << summary->actions << ",\"sizeInBytes\":" << summary->bytes
            << ",\"numOfAddFiles\":" << summary->adds << "}\n";
  return EXIT_SUCCESS;
}
