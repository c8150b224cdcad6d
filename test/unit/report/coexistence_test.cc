#include "controller/report/coexistence.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::EndpointSlice;
using kube::Symbol;

const kube::ObjectKey kWeb{Symbol("shop"), Symbol("web")};

EndpointSlice SliceOf(std::string_view manager) {
  EndpointSlice slice;
  if (!manager.empty()) slice.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol(manager));
  return slice;
}

std::optional<LogLine> Update(ForeignSliceLog& log, const std::vector<EndpointSlice>& slices) {
  std::vector<const EndpointSlice*> pointers;
  for (const EndpointSlice& slice : slices) pointers.push_back(&slice);
  return log.Update(kWeb, pointers);
}

const EndpointSlice kOurs = SliceOf(endpoints::kManager);
const EndpointSlice kUpstreams = SliceOf("endpointslice-controller.k8s.io");

TEST_CASE("EndpointSlices of ours alone are not reported") {
  ForeignSliceLog log;
  CHECK_FALSE(Update(log, {}).has_value());
  CHECK_FALSE(Update(log, {kOurs, kOurs}).has_value());
  CHECK(log.services() == 0);
}

TEST_CASE("EndpointSlices of another manager are reported once, with its name and the remedy") {
  ForeignSliceLog log;
  const auto line = Update(log, {kOurs, kUpstreams});
  REQUIRE(line.has_value());
  CHECK(line->level == LogLine::Level::kWarning);
  CHECK(
      line->text ==
      "service shop/web also has EndpointSlices of other controllers, managed by "
      "\"endpointslice-controller.k8s.io\": "
      "kube-proxy mixes their addresses with ours; if it is Kubernetes' own controller, start "
      "kube-controller-manager with --controllers=*,-endpoints-controller,-endpointslice-controller and, "
      "once this program has written its own, delete what it has left: kubectl delete endpointslices -n shop "
      "-l kubernetes.io/service-name=web,endpointslice.kubernetes.io/managed-by!=k8sm-controller-manager");
  CHECK_FALSE(Update(log, {kUpstreams, kUpstreams, kOurs}).has_value());
  CHECK(log.services() == 1);
}

TEST_CASE("a further manager is reported in another line, and so is the end of foreign EndpointSlices") {
  ForeignSliceLog log;
  REQUIRE(Update(log, {kUpstreams}).has_value());
  const auto further = Update(log, {kUpstreams, SliceOf("")});
  REQUIRE(further.has_value());
  CHECK(further->text.find("managed by an unnamed controller, \"endpointslice-controller.k8s.io\"") !=
        std::string::npos);
  const auto over = Update(log, {kOurs});
  REQUIRE(over.has_value());
  CHECK(over->level == LogLine::Level::kInfo);
  CHECK(over->text == "service shop/web no longer has EndpointSlices of other controllers");
  CHECK_FALSE(Update(log, {kOurs}).has_value());
  CHECK(log.services() == 0);
}

TEST_CASE("a foreign manager that leaves or comes back is not reported again") {
  ForeignSliceLog log;
  const EndpointSlice other = SliceOf("other");
  REQUIRE(Update(log, {kUpstreams, other}).has_value());
  CHECK_FALSE(Update(log, {other}).has_value());
  CHECK_FALSE(Update(log, {kUpstreams, other}).has_value());
  // A third one is news, and does not make the first ones so.
  REQUIRE(Update(log, {SliceOf("third")}).has_value());
  CHECK_FALSE(Update(log, {kUpstreams}).has_value());
}

TEST_CASE("a forgotten service is warned of anew") {
  ForeignSliceLog log;
  REQUIRE(Update(log, {kUpstreams}).has_value());
  log.Forget(kWeb);
  CHECK(log.services() == 0);
  CHECK(Update(log, {kUpstreams}).has_value());
}

TEST_CASE(
    "the writer of Endpoints is their manager, or else the field manager, unless that is this program") {
  kube::Endpoints endpoints;
  CHECK(WriterOf(endpoints).empty());
  endpoints.meta.field_manager = Symbol(endpoints::kManager);
  CHECK(WriterOf(endpoints).empty());
  endpoints.meta.field_manager = Symbol("kubectl-edit");
  CHECK(WriterOf(endpoints) == "kubectl-edit");
  endpoints.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol(endpoints::kManager));
  CHECK(WriterOf(endpoints) == "kubectl-edit");
  endpoints.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol("endpoint-controller"));
  CHECK(WriterOf(endpoints) == "endpoint-controller");
}

TEST_CASE("the writer of our EndpointSlices is their field manager, unless that is this program") {
  EndpointSlice edited = kOurs;
  edited.meta.field_manager = Symbol("kubectl-edit");
  EndpointSlice foreign = kUpstreams;
  foreign.meta.field_manager = Symbol("kube-controller-manager");
  const std::vector<const EndpointSlice*> slices = {&foreign, &kOurs, &edited};
  CHECK(WriterOf(slices) == "kubectl-edit");
  const std::vector<const EndpointSlice*> untouched = {&foreign, &kOurs};
  CHECK(WriterOf(untouched).empty());
}

TEST_CASE("DescribeRewrites names the other writer and the remedy") {
  CHECK(
      DescribeRewrites({"Endpoints", kWeb, "endpoint-controller"}, std::chrono::seconds(30)) ==
      "service shop/web: its Endpoints are rewritten again and again by \"endpoint-controller\"; until that "
      "ends, writes are at least 30 s apart: stop the other writer; if it is Kubernetes' own controller, "
      "start kube-controller-manager with --controllers=*,-endpoints-controller,-endpointslice-controller");
  CHECK(DescribeRewrites({"EndpointSlices", kWeb, ""}, std::chrono::seconds(30)) ==
        "service shop/web: its EndpointSlices are rewritten again and again by another writer, which gives "
        "no name of its own; until that ends, writes are at least 30 s apart: stop what edits them; if it is "
        "another installation of this program, run only one of them");
}

}  // namespace
}  // namespace k8sm::controller
