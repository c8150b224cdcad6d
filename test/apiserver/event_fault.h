// What a fault makes of the events of one watch.

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
  // Whether the rule's effect is one on events: it is for those alone.
  static bool IsFor(const FaultRule& rule);

  explicit EventFault(FaultRule rule) : rule_(std::move(rule)) {}

  // Changes events, a line each, that are about to be sent. False: the watch ends with them.
  bool Apply(std::string& lines);

 private:
  // One event; false: the last one.
  bool Append(std::string_view line, std::string& out);
  void AppendPast(std::string_view line, std::string& out);

  FaultRule rule_;
  std::size_t passed_ = 0;         // events but bookmarks
  std::vector<std::string> past_;  // the first events, for later
  std::size_t next_past_ = 0;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_EVENT_FAULT_H_
