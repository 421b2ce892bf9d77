#include "storage/file/file_walk.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>
#include <vector>

namespace lakeferry {
namespace {

constexpr size_t kPageEntries = 1'000;

// Folders to look into, the next one last.
using Waiting = std::vector<ObjectPath>;

void Push(std::vector<ObjectPath> folders, Waiting& waiting) {
  std::ranges::move(std::views::reverse(folders), std::back_inserter(waiting));
}

// What comes after `done`, below `top`: its own folders first, then those beside it and beside each that it lies in.
Result<Waiting> After(const FileTree& tree, const ObjectPath& top, const ObjectPath& done) {
  std::vector<ObjectPath> way;  // from below `top` down to `done`
  for (ObjectPath at = done; at != top && at.IsBelow(top); at = at.parent()) way.push_back(at);
  Waiting waiting;
  for (const ObjectPath& at : std::views::reverse(way)) {
    LF_TRY(Listing beside, tree.List(at.parent(), at.name()));
    Push(std::move(beside.folders), waiting);
  }
  LF_TRY(Listing below, tree.List(done, {}));
  Push(std::move(below.folders), waiting);
  return waiting;
}

}  // namespace

Result<ListPage> ListBelow(const FileTree& tree, const ObjectPath& top, const std::string& resume) {
  Waiting waiting = {top};
  if (!resume.empty()) {
    LF_TRY(const ObjectPath done, ObjectPath::Make(std::string_view(resume).substr(0, resume.size() - 1)));
    LF_TRY(waiting, After(tree, top, done));
  }
  ListPage page;
  while (!waiting.empty()) {
    const ObjectPath folder = std::move(waiting.back());
    waiting.pop_back();
    LF_TRY(Listing listing, tree.List(folder, {}));
    std::ranges::move(listing.objects, std::back_inserter(page.listing.objects));
    std::ranges::move(listing.links, std::back_inserter(page.listing.links));
    Push(std::move(listing.folders), waiting);
    const bool full = page.listing.objects.size() + page.listing.links.size() >= kPageEntries;
    if (full && !waiting.empty()) {
      page.resume = folder.text() + "/";
      break;
    }
  }
  return page;
}

}  // namespace lakeferry
