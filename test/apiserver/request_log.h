// What clients asked of the server.

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
  // As Kubernetes names them: get, list, watch, create, update, patch, delete, deletecollection.
  std::string verb;
  // The plural, with its subresource: "pods", "pods/status".
  std::string resource;
  std::string ns;
  std::string name;
  int status = 0;
  std::string user_agent;
  std::string user;
};

// Counts every request for a resource and keeps the newest of them. Requests outside resources (discovery,
// health) are not kept.
class RequestLog {
 public:
  void Add(RequestRecord record);

  // Requests with this verb for this resource, whatever their answer.
  std::size_t Count(std::string_view verb, std::string_view resource) const;

  // create, update, patch, delete and deletecollection; of every resource where none is named.
  std::size_t CountWrites(std::string_view resource = {}) const;

  // The newest 10,000, oldest first.
  const std::deque<RequestRecord>& records() const { return records_; }

  // Forgets counts and records.
  void Clear();

 private:
  std::deque<RequestRecord> records_;
  // By verb and resource.
  std::map<std::pair<std::string, std::string>, std::size_t, std::less<>> counts_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REQUEST_LOG_H_
