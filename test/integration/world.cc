#include "test/integration/world.h"

#include "lib/client/config/kubeconfig.h"
#include "lib/kube/resource_version.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"
#include "test/support/task_failure.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace k8sm::test {
namespace {

using controller::Manager;
using controller::Options;
using kube::Endpoints;
using std::chrono::steady_clock;

// Long, so that a busy machine fails no test; what is awaited takes milliseconds.
constexpr std::chrono::seconds kPatience{300};

template <class T>
T ValueOrFail(Result<T> result, const std::string& what) {
  if (!result) throw std::runtime_error(what + ": " + ToString(result.error()));
  return *std::move(result);
}

Awaitable<void> RunManager(Manager& manager, std::optional<int>& exit_code) {
  exit_code = co_await manager.Run();
}

Awaitable<void> JoinServer(apiserver::ApiServer& server, bool& ended) {
  co_await server.Join();
  ended = true;
}

void AppendPlaces(const std::vector<kube::EndpointAddress>& addresses, const kube::EndpointSubset& subset,
                  const std::string& prefix, std::vector<std::string>& places) {
  for (const kube::EndpointAddress& address : addresses) {
    if (subset.ports.empty()) places.push_back(prefix + address.ip);
    for (const kube::EndpointPort& port : subset.ports) {
      places.push_back(prefix + address.ip + ":" + std::to_string(port.port));
    }
  }
}

std::string Sorted(std::vector<std::string> places) {
  std::sort(places.begin(), places.end());
  std::string text;
  for (const std::string& place : places) text += (text.empty() ? "" : " ") + place;
  return text;
}

}  // namespace

World::World(apiserver::ApiServerOptions server)
    : emulated_(server.emulate),
      server_(std::make_unique<apiserver::ApiServer>(context_.get_executor(), std::move(server))),
      tasks_(context_.get_executor(), ThrowTaskFailure) {
  ValueOrFail(server_->Start(), "starting the API server");
}

World::~World() {
  if (manager_) manager_->Stop();
  RunUntil([&] { return tasks_.empty(); });
  server_->Stop();
  tasks_.Spawn("the API server's end", server_->Join());
  RunUntil([&] { return tasks_.empty(); });
}

void World::ReplaceServer() {
  const std::string url = server_->Url();
  const auto port = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
  server_->Stop();
  bool ended = false;
  tasks_.Spawn("the API server's end", JoinServer(*server_, ended));
  REQUIRE(RunUntil([&] { return ended; }));
  server_ = std::make_unique<apiserver::ApiServer>(
      context_.get_executor(),
      apiserver::ApiServerOptions{.port = port, .emulate = emulated_, .first_version = 1'000});
  ValueOrFail(server_->Start(), "starting another API server");
}

Options World::Defaults() const {
  Options options;
  options.master = server_->Url();
  options.port = 0;
  options.leader_elect = false;
  return options;
}

Options World::Hurried() const {
  using std::chrono::milliseconds;
  Options options = Defaults();
  informer::ReflectorTiming& timing = options.reflector_timing;
  timing.shortest_watch = std::chrono::seconds(1);
  timing.watch_spread = std::chrono::seconds(1);
  timing.watch_slack = milliseconds(300);
  timing.list = {.quiet = milliseconds(1'000), .idle = milliseconds(500), .total = milliseconds(15'000)};
  timing.stream = {.quiet = milliseconds(500), .idle = milliseconds(250)};
  timing.link_backoff = {.initial = milliseconds(10), .max = milliseconds(25), .jitter = 1.0};
  timing.server_backoff = {.initial = milliseconds(40), .max = milliseconds(1'500), .jitter = 1.0};
  options.attempt_timeout = milliseconds(750);
  options.retry_pause = milliseconds(50);
  options.report_tick = milliseconds(250);
  options.missing_node_settle_time = milliseconds(500);
  return options;
}

void World::Start(Options options) {
  manager_.reset();
  exit_code_.reset();
  ns_ = options.ns;
  auto config = ValueOrFail(client::LoadRestConfig(options.kubeconfig, options.master),
                            "the API server's URL or kubeconfig");
  manager_ =
      ValueOrFail(Manager::Create(context_.get_executor(), options, std::move(config)), "the controller");
  tasks_.Spawn("controller", RunManager(*manager_, exit_code_));
}

int World::RunOnce(Options options) {
  options.once = true;
  Start(std::move(options));
  return WaitForEnd();
}

int World::WaitForEnd() {
  REQUIRE(RunUntil([&] { return exit_code_.has_value(); }));
  return *exit_code_;
}

int World::Stop() {
  manager_->Stop();
  return WaitForEnd();
}

http_server::Page World::Ask(std::string_view path,
                             std::vector<std::pair<std::string, std::string>> query) const {
  http_server::Page page = manager_->pages().MakePage(
      {.path = std::string(path), .query = std::move(query), .accept = {}, .body = {}});
  while (page.steps && page.steps->Next(page.body)) {
  }
  return page;
}

void World::Turn(int handlers) {
  context_.restart();
  while (handlers-- > 0 && context_.poll_one() > 0) {
  }
}

void World::Rest() {
  context_.restart();
  context_.run_one_for(std::chrono::milliseconds(1));
}

bool World::RunUntil(const std::function<bool()>& condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition()) {
    context_.restart();
    context_.run_one_for(std::chrono::milliseconds(100));
    if (steady_clock::now() > deadline) return false;
  }
  return true;
}

void World::Poll(std::size_t handlers) {
  context_.restart();
  while (handlers > 0 && context_.poll_one() > 0) --handlers;
}

// Compares resource versions: an idle loop would not show that nothing is still under way.
bool World::Settle() {
  return RunUntil([this] { return manager_->Idle() && HasSeenEverything(); });
}

bool World::HasSeenEverything() const {
  for (const char* resource : {"services", "pods", "nodes", "endpoints", "endpointslices"}) {
    const std::string_view ns = resource == std::string_view("nodes") ? "" : std::string_view(ns_);
    const std::uint64_t newest = server_->ResourceVersion(resource, ns).value();
    const auto seen = manager_->cache().ResourceVersion(resource);
    if (seen && newest > 0 && kube::IsNewer(std::to_string(newest), *seen)) return false;
  }
  return true;
}

std::optional<Endpoints> World::EndpointsOf(std::string_view ns, std::string_view name) const {
  const auto json = server_->Get("endpoints", ns, name);
  if (!json) return std::nullopt;
  return ValueOrFail(kube_json::Decode<Endpoints>(*json), "stored endpoints");
}

std::vector<kube::EndpointSlice> World::SlicesOf(std::string_view ns, std::string_view service) const {
  std::vector<kube::EndpointSlice> slices;
  for (const std::string& json : ValueOrFail(server_->List("endpointslices", ns), "listing slices")) {
    auto slice = ValueOrFail(kube_json::Decode<kube::EndpointSlice>(json), "a stored slice");
    if (kube::ServiceOf(slice) ==
        kube::ObjectKey{kube::Symbol(std::string(ns)), kube::Symbol(std::string(service))}) {
      slices.push_back(std::move(slice));
    }
  }
  return slices;
}

std::string World::Places(std::string_view ns, std::string_view name) const {
  const auto endpoints = EndpointsOf(ns, name);
  if (!endpoints) return "none";
  std::vector<std::string> places;
  for (const kube::EndpointSubset& subset : endpoints->subsets) {
    AppendPlaces(subset.addresses, subset, "", places);
    AppendPlaces(subset.not_ready_addresses, subset, "-", places);
  }
  return Sorted(std::move(places));
}

std::string World::SlicePlaces(std::string_view ns, std::string_view service) const {
  const auto slices = SlicesOf(ns, service);
  if (slices.empty()) return "none";
  std::vector<std::string> places;
  for (const kube::EndpointSlice& slice : slices) {
    for (const kube::SliceEndpoint& endpoint : slice.endpoints) {
      const std::string address = (endpoint.terminating ? "~" : endpoint.ready ? "" : "-") + endpoint.address;
      if (slice.ports.empty()) places.push_back(address);
      for (const kube::EndpointPort& port : slice.ports) {
        places.push_back(address + ":" + std::to_string(port.port));
      }
    }
  }
  return Sorted(std::move(places));
}

void World::Create(std::string_view resource, std::string_view ns, const std::string& json) {
  ValueOrFail(server_->Create(resource, ns, json), "creating " + json);
}

void World::Update(std::string_view resource, std::string_view ns, const std::string& json) {
  ValueOrFail(server_->Update(resource, ns, json), "updating " + json);
}

void World::Delete(std::string_view resource, std::string_view ns, std::string_view name) {
  const auto deleted = server_->Delete(resource, ns, name);
  if (!deleted) throw std::runtime_error("deleting: " + ToString(deleted.error()));
}

std::string Replaced(std::string text, std::string_view part, std::string_view replacement) {
  const std::size_t place = text.find(part);
  if (place == std::string::npos) throw std::logic_error(text + " holds no " + std::string(part));
  return text.replace(place, part.size(), replacement);
}

std::string NodeJson(const std::string& name, const std::string& zone) {
  return R"({"apiVersion":"v1","kind":"Node","metadata":{"name":")" + name +
         R"(","labels":{"topology.kubernetes.io/zone":")" + zone + R"("}}})";
}

std::string ServiceJson(const std::string& name) {
  return R"({"apiVersion":"v1","kind":"Service","metadata":{"name":")" + name +
         R"("},"spec":{"selector":{"app":")" + name + R"("},"ports":[{"port":80,"targetPort":8080}]}})";
}

std::string PodJson(const PodSpec& pod) {
  const std::string host_port = pod.host_port == 0 ? "" : R"(,"hostPort":)" + std::to_string(pod.host_port);
  const std::string addresses = pod.host_ip.empty() ? "" : R"(,"hostIP":")" + pod.host_ip + R"(")";
  const std::string pod_address = pod.pod_ip.empty() ? "" : R"(,"podIP":")" + pod.pod_ip + R"(")";
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + pod.name + R"(","labels":{"app":")" +
         pod.app +
         R"("}},"spec":{"nodeName":"node-1","containers":[{"name":"main","image":"i","ports":[{"containerPort":8080)" +
         host_port + R"(}]}]},"status":{"phase":")" + pod.phase +
         R"(","conditions":[{"type":"Ready","status":")" + (pod.ready ? "True" : "False") +
         R"(","lastTransitionTime":"2026-01-01T00:00:00Z"}])" + addresses + pod_address + "}}";
}

}  // namespace k8sm::test
