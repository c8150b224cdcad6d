// A page made of several parts, each generated in steps.

#ifndef K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_
#define K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_

#include "lib/http_server/page.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

namespace k8sm::controller {

// The number of table rows or array elements generated in one step. A step of long elements ends earlier,
// once it has this many bytes.
inline constexpr std::size_t kRowsPerStep = 500;
inline constexpr std::size_t kBytesPerStep = 100'000;

// Text pages cut sentences and errors after so many bytes; JSON has them whole.
inline constexpr std::size_t kSentenceBytes = 2'000;

// Generates its parts in the order they were added. A call of Next() runs one step of one part.
class PageParts final : public http_server::BodySource {
 public:
  // Appends the next piece of the part, under the contract of BodySource::Next(). Returns whether more
  // follows.
  using Part = std::function<bool(std::string& out)>;

  // Append a part: a fixed text, or one that is generated in steps.
  void Add(std::string text);
  void Add(Part part) { parts_.push_back(std::move(part)); }

  // Returns whether more follows.
  bool Next(std::string& out) override;

 private:
  std::deque<Part> parts_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_PAGE_PARTS_H_
