#include "lib/kube/watch_event.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::kube {
namespace {

TEST_CASE("each type of event has its name, and no other text is one") {
  CHECK(WatchEventTypeOf("ADDED") == WatchEventType::kAdded);
  CHECK(WatchEventTypeOf("MODIFIED") == WatchEventType::kModified);
  CHECK(WatchEventTypeOf("DELETED") == WatchEventType::kDeleted);
  CHECK(WatchEventTypeOf("BOOKMARK") == WatchEventType::kBookmark);
  CHECK(WatchEventTypeOf("ERROR") == WatchEventType::kError);
  for (const std::string text : {"", "added", "ADDED ", "SYNC"}) {
    CAPTURE(text);
    CHECK_FALSE(WatchEventTypeOf(text).has_value());
  }
}

}  // namespace
}  // namespace k8sm::kube
