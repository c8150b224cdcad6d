// A ClusterCache without an API server: tests fill its stores.

#ifndef K8SM_TEST_UNIT_CLUSTER_OFFLINE_CLUSTER_H_
#define K8SM_TEST_UNIT_CLUSTER_OFFLINE_CLUSTER_H_

#include "controller/cluster/cluster_cache.h"
#include "lib/client/api_client.h"
#include "lib/endpoints/slice_meta.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/object_meta.h"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::controller {

// An object of namespace "shop".
template <class T>
T Object(const std::string& name, int version) {
  T object;
  object.meta.ns = kube::Symbol("shop");
  object.meta.name = kube::Symbol(name);
  object.meta.uid = kube::Uid("uid-" + name);
  object.meta.resource_version = std::to_string(version);
  return object;
}

inline kube::ObjectKey ShopKey(const std::string& name) {
  return {kube::Symbol("shop"), kube::Symbol(name)};
}

// A slice of the service; ours if `manager` is the default.
inline kube::EndpointSlice SliceFor(const std::string& name, const std::string& service, int version,
                                    const std::string& manager = "k8sm-controller-manager") {
  auto slice = Object<kube::EndpointSlice>(name, version);
  slice.meta.labels.Set(kube::Symbol(std::string(kube::kServiceNameLabel)), kube::Symbol(service));
  slice.meta.labels.Set(kube::Symbol(std::string(endpoints::kSliceManagedByLabel)), kube::Symbol(manager));
  return slice;
}

struct OfflineCluster {
  // Informers that are started connect to that port of 127.0.0.1; nobody listens on the default.
  explicit OfflineCluster(std::uint16_t api_port = 1)
      : client(client::ApiClient::Create(io.get_executor(),
                                         {.scheme = "http", .host = "127.0.0.1", .port = api_port}, {})
                   .value()) {}

  asio::io_context io;
  std::unique_ptr<client::ApiClient> client;
  ClusterCache cache{io.get_executor(), *client, ""};
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_CLUSTER_OFFLINE_CLUSTER_H_
