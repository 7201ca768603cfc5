// SPDX-License-Identifier: MIT
#include "keeper/progress_writer.hpp"

#include <vector>

namespace crier {

void ProgressWriter::write(History& history, const Heartbeat::Told& told) {
  const bool anew = told.logs != logs_;
  if (!anew && told.mark.position <= position_) {
    return;
  }
  std::vector<ProgressMark> marks;
  if (anew) {
    marks.push_back({told.began, told.untold_at});
  }
  if (!anew || told.mark.position > told.began) {
    marks.push_back(told.mark);
  }
  history.record_progress(node_, marks, anew);
  logs_ = told.logs;
  position_ = told.mark.position;
}

void ProgressWriter::rename(const Guid& incarnation) {
  node_.incarnation = incarnation;
  logs_ = 0;
}

}  // namespace crier
