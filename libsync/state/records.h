// Records of env/state_store.h <-> rows. Private to this folder. Blocking; inside a transaction of the caller's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "env/state_store.h"
#include "state/sqlite.h"

namespace lakeferry::sqlite {

Status WriteGroup(const Database& database, const GroupRecord& record);
Status WriteEpoch(const Database& database, const EpochRecord& record);
Status WriteRun(const Database& database, const Run& run);
// Takes the run out of the ledger, and keeps the removal.
Status WriteRemoval(const Database& database, const RunRemoval& removal);
Status WriteLiveSetCheck(const Database& database, const LiveSetCheck& check);
Status WriteInstruction(const Database& database, const Instruction& instruction);
// Passes over one whose id is there.
Status AddNotice(const Database& database, const Notice& notice);
// Of one that is there: how far its delivery is.
Status ChangeNotice(const Database& database, const Notice& notice);
Status EraseNotice(const Database& database, const std::string& id);
Status WriteJournal(const Database& database, const JournalEntry& entry);

Result<std::optional<GroupRecord>> ReadGroup(const Database& database, Role role, const std::string& group);
Result<std::vector<GroupRecord>> ReadGroups(const Database& database);
Result<std::vector<EpochRecord>> ReadEpochs(const Database& database, Role role, const std::string& group,
                                            int64_t limit);
Result<std::vector<LiveSetCheck>> ReadLiveSetChecks(const Database& database, Role role,
                                                    const std::optional<std::string>& group);
Result<std::string> ReadJournal(const Database& database, const std::string& group);
Result<std::vector<Run>> ReadRuns(const Database& database, const std::string& workflow, TimeMs since);
Result<std::vector<Instruction>> ReadInstructions(const Database& database, Role role, const std::string& group,
                                                  int64_t limit);
Result<std::vector<Notice>> ReadNotices(const Database& database);
Result<std::vector<RunRemoval>> ReadRemovals(const Database& database, const std::string& workflow);

}  // namespace lakeferry::sqlite
