#include "rows.h"

#include "environment.h"

namespace hka {

uint32_t Rows::tell(const Names::Found& found, std::string_view text) {
  if (!found.isNew) return found.id;
  const wire::StringRow row{found.id, names_.isFull() ? std::string_view(Names::kTooMany) : text};
  ++rareCount_;
  if (!strings_.append(row)) {
    strings_.take(sourceId_, rare_);
    (void)strings_.append(row);
  }
  if (names_.isFull() && !toldFull_) {
    toldFull_ = true;
    diagnostic(wire::Severity::kWarning, "tooManyNames", "The program uses more names than are kept; further ones are shown as one.",
               "Names that are made anew for each call, such as NVTX messages with numbers in them, are best left out.");
  }
  return found.id;
}

void Rows::diagnostic(wire::Severity severity, std::string_view code, std::string_view sentence, std::string_view remedy) {
  addRare(wire::DiagnosticRow{clock_.sessionFromMonotonic(monotonicNs()), static_cast<uint8_t>(severity), code, sentence, remedy});
}

void Rows::loss(std::string_view stage, std::string_view reason, double count, double bytes, double startNs) {
  addRare(wire::LossRow{startNs, clock_.sessionFromMonotonic(monotonicNs()), count, bytes, stage, reason});
}

Rows::Piece Rows::takeState() {
  strings_.take(sourceId_, rare_);
  Piece piece{std::move(rare_), rareCount_};
  rare_ = {};
  rareCount_ = 0;
  return piece;
}

Rows::Piece Rows::takeEvents() {
  kernels_.take(sourceId_, events_);
  copies_.take(sourceId_, events_);
  fills_.take(sourceId_, events_);
  memory_.take(sourceId_, events_);
  calls_.take(sourceId_, events_);
  ranges_.take(sourceId_, events_);
  waits_.take(sourceId_, events_);
  externals_.take(sourceId_, events_);
  overheads_.take(sourceId_, events_);
  Piece piece{std::move(events_), eventCount_};
  events_ = {};
  eventCount_ = 0;
  return piece;
}

}  // namespace hka
