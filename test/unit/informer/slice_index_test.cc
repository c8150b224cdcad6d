#include "lib/informer/slice_index.h"

#include "test/support/catch.h"

#include <set>
#include <string>

namespace k8sm::informer {
namespace {

using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

EndpointSlice MakeSlice(const std::string& name, const std::string& service, int version) {
  EndpointSlice slice;
  slice.meta.ns = Symbol("shop");
  slice.meta.name = Symbol(name);
  slice.meta.uid = Uid("uid-" + name);
  slice.meta.resource_version = std::to_string(version);
  if (!service.empty()) slice.meta.labels.Set(Symbol(std::string(kube::kServiceNameLabel)), Symbol(service));
  return slice;
}

struct Fixture {
  Store<EndpointSlice> slices;
  SliceIndex index{slices};

  std::set<std::string> SlicesOf(const std::string& service, const std::string& ns = "shop") const {
    std::set<std::string> names;
    for (const EndpointSlice* slice : index.SlicesOf({Symbol(ns), Symbol(service)})) {
      names.emplace(slice->meta.name.get());
    }
    return names;
  }
};

TEST_CASE("slices are found by the service name in their label") {
  Fixture fixture;
  fixture.slices.Apply(MakeSlice("web-1", "web", 1));
  fixture.slices.Apply(MakeSlice("web-2", "web", 2));
  fixture.slices.Apply(MakeSlice("db-1", "db", 3));
  fixture.slices.Apply(MakeSlice("stray", "", 4));
  CHECK(fixture.SlicesOf("web") == std::set<std::string>{"web-1", "web-2"});
  CHECK(fixture.SlicesOf("db") == std::set<std::string>{"db-1"});
  CHECK(fixture.SlicesOf("web", "other").empty());
  CHECK(fixture.SlicesOf("").empty());
}

TEST_CASE("a relabelled slice moves to its new service, and a deleted one is forgotten") {
  Fixture fixture;
  fixture.slices.Apply(MakeSlice("x", "web", 1));
  fixture.slices.Apply(MakeSlice("x", "db", 2));
  CHECK(fixture.SlicesOf("web").empty());
  CHECK(fixture.SlicesOf("db") == std::set<std::string>{"x"});
  fixture.slices.Apply(MakeSlice("x", "", 3));
  CHECK(fixture.SlicesOf("db").empty());
  fixture.slices.Apply(MakeSlice("x", "web", 4));
  fixture.slices.Remove({Symbol("shop"), Symbol("x")}, "5");
  CHECK(fixture.SlicesOf("web").empty());
}

}  // namespace
}  // namespace k8sm::informer
