#include "lib/kube/event.h"

#include "test/support/catch.h"

namespace k8sm::kube {
namespace {

TEST_CASE("an event is stored in the namespace of its object, or in default") {
  Event event;
  CHECK(event.ns() == "default");
  event.involved.ns = Symbol("shop");
  CHECK(event.ns() == "shop");
}

TEST_CASE("an event type is written as Normal or Warning") {
  CHECK(ToString(EventType::kNormal) == "Normal");
  CHECK(ToString(EventType::kWarning) == "Warning");
}

}  // namespace
}  // namespace k8sm::kube
