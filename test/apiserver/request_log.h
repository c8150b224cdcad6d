// A log of the requests of clients, for assertions.

#ifndef K8SM_TEST_APISERVER_REQUEST_LOG_H_
#define K8SM_TEST_APISERVER_REQUEST_LOG_H_

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {

struct RequestRecord {
  // The Kubernetes verb: get, list, watch, create, update, patch, delete, deletecollection.
  std::string verb;
  // The plural with the subresource: "pods", "pods/status".
  std::string resource;
  std::string ns;
  std::string name;
  int status = 0;
  std::string user_agent;
  std::string user;
};

// Counts every request for a resource and keeps the most recent ones. Requests outside resources (discovery,
// health) are not logged.
class RequestLog {
 public:
  void Add(RequestRecord record);

  // The number of requests with this verb for this resource, successful or not.
  std::size_t Count(std::string_view verb, std::string_view resource) const;

  // The number of create, update, patch, delete and deletecollection requests, for all resources if none is
  // named.
  std::size_t CountWrites(std::string_view resource = {}) const;

  // The last 10,000 requests, oldest first.
  const std::deque<RequestRecord>& records() const { return records_; }

  // Clears counts and records.
  void Clear();

 private:
  std::deque<RequestRecord> records_;
  // Keyed by verb and resource.
  std::map<std::pair<std::string, std::string>, std::size_t, std::less<>> counts_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REQUEST_LOG_H_
