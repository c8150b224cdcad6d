// The pages under /debug, of caches that a test fills.

#ifndef K8SM_TEST_UNIT_INSPECT_PAGES_H_
#define K8SM_TEST_UNIT_INSPECT_PAGES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/debug_pages.h"
#include "lib/client/api_client.h"
#include "lib/client/config/rest_config.h"
#include "lib/http_server/page.h"
#include "lib/http_server/router.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

using http_server::Page;

inline client::RestConfig Nowhere() {
  client::RestConfig config;
  config.scheme = "http";
  config.host = "127.0.0.1";
  return config;
}

class Pages {
 public:
  explicit Pages(endpoints::AddressMode mode = endpoints::AddressMode::kHostPort)
      : client_(client::ApiClient::Create(context_.get_executor(), Nowhere(), {}).value()),
        cache_(context_.get_executor(), *client_, "") {
    AddTo(router_, mode);
  }
  // Adds the pages to a router of the test's own.
  void AddTo(http_server::Router& router, endpoints::AddressMode mode = endpoints::AddressMode::kHostPort) {
    AddDebugPages({.cache = cache_,
                   .mode = mode,
                   .reported = [this](const kube::ObjectKey&) { return std::span(reported); },
                   .empty_since = [this](const kube::ObjectKey&) { return empty_since; },
                   .failures = failures,
                   .seen =
                       [this](const kube::ObjectKey& service) {
                         return accepted ? &*accepted : cache_.endpoints().Find(service);
                       },
                   .limits = [this](const kube::ObjectKey&) { return limits; },
                   .synced = [this] { return synced; },
                   .leads = [this] { return leads; },
                   .role =
                       [this] {
                         return std::string(leads ? "this process is the leader"
                                                  : "this process is a standby; the leader is b");
                       },
                   .waiting_for = [this] { return waiting_for; }},
                  router);
  }

  void Add(kube::Service service) { cache_.services().Apply(Versioned(std::move(service))); }
  void Add(kube::Pod pod) { cache_.pods().Apply(Versioned(std::move(pod))); }
  void Add(kube::Endpoints endpoints) { cache_.endpoints().Apply(Versioned(std::move(endpoints))); }
  void Add(kube::Node node) { cache_.nodes().Apply(Versioned(std::move(node))); }
  void Add(kube::EndpointSlice slice) { cache_.slices().Apply(Versioned(std::move(slice))); }

  // The page before its steps have been run.
  Page Begin(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {}) const {
    return router_.MakePage({.path = path, .query = std::move(query), .accept = {}, .body = {}});
  }
  Page Get(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {},
           const std::string& accept = "") const {
    return Whole(router_.MakePage({.path = path, .query = std::move(query), .accept = accept, .body = {}}));
  }
  Page Put(const std::string& path, const std::string& body) const {
    return router_.MakePage({.method = "PUT", .path = path, .query = {}, .accept = {}, .body = body});
  }

  ClusterCache& cache() { return cache_; }

  std::vector<CurrentSkip> reported;                                 // of every service
  std::optional<std::chrono::steady_clock::time_point> empty_since;  // of every service
  SyncFailures failures;
  endpoints::EndpointsLimits limits;
  std::optional<kube::Endpoints> accepted;  // what the planner sees instead of the stored Endpoints
  bool synced = true;
  bool leads = true;
  std::optional<std::string> waiting_for;

 private:
  static Page Whole(Page page) {
    while (page.steps && page.steps->Next(page.body)) {
    }
    return page;
  }

  template <class T>
  T Versioned(T object) {
    object.meta.resource_version = std::to_string(++version_);
    return object;
  }

  asio::io_context context_;
  std::unique_ptr<client::ApiClient> client_;
  ClusterCache cache_;
  http_server::Router router_;
  int version_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_INSPECT_PAGES_H_
