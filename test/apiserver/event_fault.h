// Applies a fault to the events of one watch.

#ifndef K8SM_TEST_APISERVER_EVENT_FAULT_H_
#define K8SM_TEST_APISERVER_EVENT_FAULT_H_

#include "test/apiserver/fault_rule.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

class EventFault {
 public:
  // Whether the rule's effect applies to events; the class handles only those.
  static bool IsFor(const FaultRule& rule);

  explicit EventFault(FaultRule rule) : rule_(std::move(rule)) {}

  // Modifies events, one per line, before they are sent. Returns false if the watch ends after them.
  bool Apply(std::string& lines);

 private:
  // Appends one event. Returns false if it is the last one.
  bool Append(std::string_view line, std::string& out);
  void AppendPast(std::string_view line, std::string& out);

  FaultRule rule_;
  std::size_t passed_ = 0;         // events except bookmarks
  std::vector<std::string> past_;  // the first events, to be repeated later
  std::size_t next_past_ = 0;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_EVENT_FAULT_H_
