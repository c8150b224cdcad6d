// A long text put together of parts.

#ifndef K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_
#define K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_

#include "lib/http_server/page.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

namespace k8sm::controller {

// How many rows of a table, or elements of an array, are made in one step.
inline constexpr std::size_t kRowsPerStep = 500;

// Makes parts one after the other, each in one or more steps.
class PageParts final : public http_server::BodySource {
 public:
  // Appends the part's next piece, under the contract of BodySource::Next(). Returns whether more follows.
  using Part = std::function<bool(std::string& out)>;

  void Add(std::string text);
  void Add(Part part) { parts_.push_back(std::move(part)); }

  // One step of one part.
  bool Next(std::string& out) override;

 private:
  std::deque<Part> parts_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_
