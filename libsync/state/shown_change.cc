#include "state/shown_change.h"

#include <initializer_list>
#include <string>

#include "base/shown_text.h"

namespace lakeferry::sqlite {
namespace {

void Fit(std::initializer_list<std::string*> texts) {
  for (std::string* text : texts) *text = FitToShow(*text);
}

}  // namespace

StateChange ShownChange(StateChange change) {
  for (GroupRecord& group : change.groups) {
    Fit({&group.reason, &group.last_error, &group.last_error_kind, &group.last_error_remedy, &group.risk_text,
         &group.risk_remedy, &group.restaging, &group.mail_trouble});
    if (group.paused) Fit({&group.paused->by, &group.paused->why});
  }
  for (EpochRecord& epoch : change.epochs) Fit({&epoch.error, &epoch.error_kind});
  for (LiveSetCheck& check : change.live_set_checks) Fit({&check.reason});
  for (RunRemoval& removal : change.removals) Fit({&removal.by, &removal.why, &removal.cut_into});
  for (Instruction& instruction : change.instructions) Fit({&instruction.by, &instruction.why});
  for (std::vector<Notice>* notices : {&change.new_notices, &change.notices}) {
    for (Notice& notice : *notices) Fit({&notice.error});
  }
  return change;
}

}  // namespace lakeferry::sqlite
